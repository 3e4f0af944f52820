"""What an author can insert into a text: figures with their present value, tables, and references to other parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from council_hms.financial_year import FinancialYear
from reports import figures
from reports.figures import FigureReference, ReferenceProblem, ReportFigures
from reports.inserts import TABLES
from reports.references import Resolver


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to insert: what stands in the text, and what the list calls it."""

    text: str
    label: str


@dataclass(frozen=True, slots=True)
class Group:
    """Choices of one kind."""

    label: str
    choices: Sequence[Choice]


#: The figures offered at once; others are put together on the page of figures.
_USUAL = (
    "approved",
    "approved capital",
    "approved revenue",
    "spent",
    "ahead",
    "uncommitted",
    "sought",
    "savings",
    "discounts",
)


def groups_of(resolver: Resolver) -> list[Group]:
    """Everything that can be inserted into a report, figures with what they show now."""
    found = [
        Group(f"Figures of {reference}", _figures(resolver, reference, at == 0))
        for at, reference in enumerate(resolver.projects)
    ]
    several = len(resolver.projects) > 1
    found.append(
        Group(
            "Tables",
            [
                Choice(
                    f"{{insert:{table.name}{f' {reference}' if several else ''}}}",
                    f"{table.label}{f' of {reference}' if several else ''}",
                )
                for table in TABLES.values()
                for reference in resolver.projects
            ],
        )
    )
    for kind, words in (
        ("paragraph", "Paragraphs"),
        ("recommendation", "Recommendations"),
        ("appendix", "Appendices"),
        ("table", "Numbers of tables"),
    ):
        parts = resolver.numbers.parts[kind]
        if parts:
            found.append(
                Group(
                    words,
                    [
                        Choice(
                            f"{{{kind}:{part.label}}}",
                            f"{kind.capitalize()} {part.number}: {part.words}",
                        )
                        for part in parts.values()
                    ],
                )
            )
    return found


def _figures(resolver: Resolver, reference: str, is_first: bool) -> list[Choice]:
    ledger = resolver.ledger(reference)
    names = list(_USUAL)
    run = FinancialYear.of(ledger.as_at).run(ledger.table_years)
    span = f"{run[0]} to {run[-1]}"
    names[3:3] = [f"ask capital {span}", f"ask revenue {span}", f"required {span}"]
    names += [f"change {change}" for change in ledger.changes]
    for change, stated in ledger.headlines.items():
        names += [f"headline {change} {each.nature}" for each in stated if each.nature != "total"]
    choices = []
    for name in names:
        head, _, rest = name.partition(" ")
        project = "" if is_first or head in ("change", "headline") else f" {reference}"
        text = f"{head}{project}{' ' if rest else ''}{rest} | k"
        if choice := figure_choice(text, ledger):
            choices.append(choice)
    return choices


def figure_choice(text: str, ledger: ReportFigures) -> Choice | None:
    """A figure as a choice, with its present value; None when the ledger cannot give it."""
    try:
        asked = figures.parse(text)
        if not isinstance(asked, FigureReference):
            return None
        figure = figures.work_out(asked, ledger)
    except ReferenceProblem:
        return None
    return Choice(f"{{{text}}}", f"{figure.meaning}: {figure.shown}")
