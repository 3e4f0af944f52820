"""What a careful reader could work out of a public paper: of its amounts, totals, shares and earlier versions.

Pure: it knows the parts of a paper (document.py, grid.py). ``PublicMatter.gives_away`` says of one exempt
amount how a reader comes to it, from what is printed and within its rounding.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from council_hms import money
from council_hms.document import Bullets, Document, Facts, GridBlock, Heading, Paragraph, Text
from council_hms.grid import Difference, Format, Grid, RowKind, Sum

TYPED = re.compile(
    r"£\s?\d[\d,]*(?:\.\d+)?(?:\s?(?:k|m|bn|million|thousand|billion)\b)?", re.IGNORECASE
)
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s?(?:%|per cent)", re.IGNORECASE)
_TOTAL = re.compile(r"\b(total|sum|in all|overall)\b", re.IGNORECASE)
#: Of so many amounts every two are added and taken from one another; a longer paper is looked at piece by piece.
_MOST_PAIRED = 150
#: So many amounts of one passage are tried against each other.
_MOST_IN_A_PASSAGE = 10
_NIL = Decimal(0)


@dataclass(frozen=True, slots=True)
class Known:
    """An amount that a reader has: in words, in pounds, and what its last printed place stands for."""

    words: str
    value: Decimal
    nearest: Decimal

    def is_about(self, secret: Decimal) -> bool:
        """Whether it is the secret within its rounding, and not so round that it says nothing."""
        return self.nearest < secret and abs(abs(self.value) - secret) * 2 <= self.nearest


def amount_of(words: str) -> Decimal | None:
    """The pounds that an amount in a text stands for; None when it is none."""
    try:
        return money.parse_money(words)
    except money.MoneyError:
        return None


def amounts_in(text: str) -> list[Known]:
    """The amounts of a text, in their order."""
    return [
        Known(words.strip(), value, money.last_place(words))
        for words in TYPED.findall(text)
        if (value := amount_of(words))
    ]


@dataclass(frozen=True, slots=True)
class Passage:
    """What stands together in a paper: a paragraph and its list. ``place`` names it, also in another version."""

    place: str
    text: str


def passages(paper: Document) -> list[Passage]:
    """The texts of a paper."""
    found: list[Passage] = []

    def add(place: str, texts: Iterable[Text]) -> None:
        words = " ".join(span.text for text in texts for span in text)
        if place:
            found.append(Passage(place, words))
        elif found:
            found[-1] = Passage(found[-1].place, f"{found[-1].text} {words}")

    for block in paper.blocks:
        match block:
            case Heading():
                add(f"“{block.text}”", [])
            case Paragraph():
                add(block.anchor.replace("-", " ", 1), [block.text])
            case Bullets():
                add("", block.points)
            case Facts():
                add("", [words for _, words in block.pairs])
            case _:
                pass
    return found


# -- tables -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Figures:
    """A table as its reader sees it: labels, and each figure with what its last place stands for."""

    name: str
    rows: Sequence[
        tuple[str, str, bool, Sequence[str] | None]
    ]  # key, label, is a total, what it sums
    columns: Sequence[tuple[str, str, bool, Sequence[str] | None]]
    cells: Mapping[tuple[str, str], Decimal]
    nearest: Mapping[str, Decimal]

    def residuals(self) -> Iterator[Known]:
        """Each total less the parts of it that are shown: down the columns, then along the rows."""
        for column, head, _, _ in self.columns:
            line = [(key, label, is_total, of) for key, label, is_total, of in self.rows]
            shown = {
                key: self.cells[key, column] for key, *_ in line if (key, column) in self.cells
            }
            for label, rest in _residuals(line, shown):
                words = f"“{label}” less the rows shown in {self.name}, {head}"
                yield Known(words, rest, self.nearest[column])
        for row, label, _, _ in self.rows:
            shown = {
                key: self.cells[row, key] for key, *_ in self.columns if (row, key) in self.cells
            }
            for head, rest in _residuals(self.columns, shown):
                words = f"“{head}” less the columns shown in {self.name}, {label}"
                yield Known(words, rest, max(self.nearest.values()))


def _residuals(
    line: Sequence[tuple[str, str, bool, Sequence[str] | None]], shown: Mapping[str, Decimal]
) -> Iterator[tuple[str, Decimal]]:
    """Of a run of figures, each total less its parts: those that it states, or those since the last total."""
    since: list[Decimal] = []
    for key, label, is_total, of in line:
        if key not in shown:
            continue
        if not is_total:
            since.append(shown[key])
            continue
        parts = [shown[each] for each in of if each in shown] if of is not None else since
        if parts and (rest := shown[key] - sum(parts, _NIL)):
            yield label, rest
        since = []


def _figures(block: GridBlock) -> _Figures:
    grid = block.grid
    name = block.number or f"“{grid.caption}”"
    if any(column.format is Format.MONEY for column in grid.columns):
        return _figures_of_ledger(grid, name)
    return _figures_typed(grid, name)


def _figures_of_ledger(grid: Grid, name: str) -> _Figures:
    columns = [column for column in grid.columns if column.format is Format.MONEY]
    totals = (RowKind.SUBTOTAL, RowKind.TOTAL, RowKind.RESULT)
    nearest = grid.unit.divisor.scaleb(-grid.unit.places)
    cells = {}
    for row in grid.rows:
        for column in columns:
            value = row.value(column.key)
            if isinstance(value, Decimal):
                cells[row.key, column.key] = value
    return _Figures(
        name,
        [
            (
                row.key,
                row.label,
                # a difference of two rows is no total of those above it
                not isinstance(row.casts, Difference)
                and (row.kind in totals or isinstance(row.casts, Sum)),
                row.casts.of if isinstance(row.casts, Sum) else None,
            )
            for row in grid.rows
            if not isinstance(row.casts, Difference)
        ],
        [
            (
                column.key,
                f"{column.group} {column.label}".strip(),
                isinstance(column.casts, Sum) or bool(_TOTAL.search(column.label)),
                column.casts.of if isinstance(column.casts, Sum) else None,
            )
            for column in columns
        ],
        cells,
        dict.fromkeys((column.key for column in columns), nearest),
    )


def _figures_typed(grid: Grid, name: str) -> _Figures:
    """A table that an author typed: its cells are words, its unit stands in a head or the caption."""
    cells: dict[tuple[str, str], Decimal] = {}
    nearest: dict[str, Decimal] = {}
    for column in grid.columns:
        unit = _unit(f"{column.label} {grid.caption}")
        for row in grid.rows:
            words = row.value(column.key)
            if isinstance(words, str) and (value := amount_of(words)) is not None:
                factor = Decimal(1) if re.search(r"[£a-z]", words, re.IGNORECASE) else unit
                cells[row.key, column.key] = value * factor
                place = money.last_place(words) * factor
                nearest[column.key] = min(place, nearest.get(column.key, place))
    columns = [column for column in grid.columns if column.key in nearest]
    return _Figures(
        name,
        [(row.key, row.label, bool(_TOTAL.search(row.label)), None) for row in grid.rows],
        [(each.key, each.label, bool(_TOTAL.search(each.label)), None) for each in columns],
        cells,
        nearest,
    )


def _unit(words: str) -> Decimal:
    """What a bare figure under a head counts in, in pounds."""
    if re.search(r"£\s?(0{3}|k)", words, re.IGNORECASE):
        return Decimal(1000)
    return Decimal(1_000_000) if re.search(r"£\s?m", words, re.IGNORECASE) else Decimal(1)


# -- what follows -----------------------------------------------------------------------------


def _of_passage(passage: Passage) -> Iterator[Known]:
    """Of the amounts of one passage: one less all others or a run of them, and a share of one in per cent."""
    amounts = amounts_in(passage.text)[:_MOST_IN_A_PASSAGE]
    for at, whole in enumerate(amounts):
        others = [*amounts[:at], *amounts[at + 1 :]]
        for first in range(len(others)):
            for last in range(first + 2, len(others) + 1):  # of two there is a rule of their own
                parts = others[first:last]
                rest = whole.value - sum((part.value for part in parts), _NIL)
                words = f"{whole.words} less {' and '.join(part.words for part in parts)} ({passage.place})"
                yield Known(words, rest, max(whole.nearest, *(part.nearest for part in parts)))
        for share in _PERCENT.findall(passage.text)[:10]:
            percent = Decimal(share)
            words = f"{share}% of {whole.words} ({passage.place})"
            place = whole.value * Decimal(1).scaleb(-len(share.partition(".")[2])) / 100
            yield Known(words, whole.value * percent / 100, max(abs(place), whole.nearest))
            rest = whole.value * (100 - percent) / 100
            yield Known(
                f"what is left of {whole.words} after {share}%",
                rest,
                max(abs(place), whole.nearest),
            )


def _since(earlier: Document, later: Document, version: int) -> Iterator[Known]:
    """What the same place gave in an earlier version and gives now, one less the other."""
    before = {passage.place: amounts_in(passage.text) for passage in passages(earlier)}
    for passage in passages(later):
        now, then = amounts_in(passage.text), before.get(passage.place, [])
        if len(now) != len(then):
            continue
        for new, old in zip(now, then, strict=True):
            words = (
                f"{passage.place} said {old.words} in version {version} and says {new.words} now"
            )
            yield Known(words, new.value - old.value, max(new.nearest, old.nearest))
    tables = {
        block.grid.caption: _figures(block)
        for block in earlier.blocks
        if isinstance(block, GridBlock)
    }
    for block in later.blocks:
        if not isinstance(block, GridBlock) or block.grid.caption not in tables:
            continue
        figures, old_figures = _figures(block), tables[block.grid.caption]
        labels = {key: label for key, label, _, _ in figures.rows}
        for (row, column), value in figures.cells.items():
            old_value = old_figures.cells.get((row, column))
            if old_value is not None and old_value != value:
                words = f"“{labels.get(row, row)}” in {figures.name} is another than in version {version}"
                yield Known(words, value - old_value, figures.nearest[column])


@dataclass(frozen=True, slots=True)
class PublicMatter:
    """All that a reader of a public paper has: amounts by themselves, and what follows from totals and versions."""

    loose: Sequence[Known]
    cells: Sequence[Known]
    follows: Sequence[Known]

    @classmethod
    def of(cls, paper: Document, earlier: Mapping[int, Document] | None = None) -> PublicMatter:
        """What a public paper tells, beside the published versions before it (by number)."""
        texts = passages(paper)
        tables = [_figures(block) for block in paper.blocks if isinstance(block, GridBlock)]
        follows = [known for table in tables for known in table.residuals()]
        follows += [known for passage in texts for known in _of_passage(passage)]
        for number, old in (earlier or {}).items():
            follows += _since(old, paper, number)
        return cls(
            list(
                {known.words: known for text in texts for known in amounts_in(text.text)}.values()
            ),
            [
                Known(f"printed in {table.name}", value, table.nearest[column])
                for table in tables
                for (_, column), value in table.cells.items()
            ],
            follows,
        )

    def gives_away(self, secret: Decimal) -> str:
        """How an exempt amount can be worked out; empty when nobody can."""
        secret = abs(secret)
        for known in self.loose:
            if known.is_about(secret):
                return f"it is {known.words}"
        for known in (*self.cells, *self.follows):
            if known.is_about(secret):
                return f"it is {known.words}"
        for one, other in combinations(self.loose[:_MOST_PAIRED], 2):
            nearest = one.nearest + other.nearest
            a, b = abs(one.value), abs(other.value)
            if Known("", a - b, nearest).is_about(secret):
                return f"it is the difference of {one.words} and {other.words}"
            if Known("", a + b, nearest).is_about(secret):
                return f"it is the sum of {one.words} and {other.words}"
        return ""
