"""Pages of risks. Each is four moves: fetch what the person may see, bind, call one service, answer."""
