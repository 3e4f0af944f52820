#!/usr/bin/env python
"""Runs a management command, on the database of ``make run`` unless DATABASE_URL names another."""

import sys


def main() -> None:
    """Run the command that the words after the script's name ask for."""
    from django.core.management import execute_from_command_line

    from council_hms.env import said_plainly
    from council_hms.launch import surroundings_of_command

    with said_plainly(), surroundings_of_command(sys.argv[1:]):
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
