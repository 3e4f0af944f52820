"""Makes cells of long lists column by column: in a column, unlike in a row, most values come again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from types import NoneType
from typing import TypeVar

Raw = TypeVar("Raw")
Between = TypeVar("Between")
Made = TypeVar("Made")


def column_by_column(
    makers: Sequence[Callable[[Raw], Made]], rows: Sequence[Sequence[Raw]]
) -> list[list[Made]]:
    """What each maker (one a column) makes of its column's values in some rows: columns, in order.

    A supplier or a day that comes again is made once. This runs for every cell of a million rows, so
    give it some thousand rows at a time: nothing is kept from one call to the next, and memory is
    constant. ValueError when a row has more or fewer values than there are makers.
    """
    columns = zip(*rows, strict=True)
    return [_made(maker, column) for maker, column in zip(makers, columns, strict=True)]


def _made(maker: Callable[[Raw], Made], values: tuple[Raw, ...]) -> list[Made]:
    kinds = set(map(type, values)) - {NoneType}
    # equal, and written apart: 1.0 and 1.00, 1 and True
    if len(kinds) <= 1 and Decimal not in kinds:
        try:
            distinct = set(values)
        except TypeError:  # lists and the like
            return list(map(maker, values))
        if 2 * len(distinct) <= len(values):
            made = {value: maker(value) for value in distinct}
            return list(map(made.__getitem__, values))
    return list(map(maker, values))


def one_after_another(
    first: Sequence[Callable[[Raw], Between]], then: Sequence[Callable[[Between], Made]]
) -> list[Callable[[Raw], Made]]:
    """Makers of which each makes what ``then`` makes of what ``first`` made, column for column."""
    return [_both(one, other) for one, other in zip(first, then, strict=True)]


def _both(
    first: Callable[[Raw], Between], then: Callable[[Between], Made]
) -> Callable[[Raw], Made]:
    return lambda raw: then(first(raw))
