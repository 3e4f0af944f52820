"""Appendix 5: a register of risks as table and paper, as at a day, for an audience."""

from __future__ import annotations

import datetime as dt

from council_hms.document import (
    Block,
    Document,
    Facts,
    GridBlock,
    Heading,
    Paragraph,
    Text,
    plain,
)
from council_hms.grid import Cell, Column, Format, Grid, Row
from projects.models import Project
from risks.matrix import HeatMap
from risks.models import RiskKind
from risks.standing import RegisterStanding, Standing

TITLE = "Risk register"
EXEMPT_MARKING = "Exempt: not for publication"


def day_words(day: dt.date) -> str:
    """``14 June 2023``."""
    return f"{day.day} {day:%B %Y}"


def controls_words(standing: Standing) -> str:
    """Every control in one text: what, who, by when, how far; overdue ones say so."""
    parts = []
    for control in standing.controls:
        words = f"{control.what} ({control.owner}"
        if control.due_on:
            words += f", by {day_words(control.due_on)}"
        settled = control.settled_on
        if control.is_overdue(standing.as_at):
            words += ", overdue"
        elif settled is not None and settled <= standing.as_at:
            words += f", {control.get_status_display().lower()} {day_words(settled)}"
        parts.append(f"{words})")
    return "; ".join(parts)


def register_grid(found: RegisterStanding, project: Project | None) -> Grid:
    """One row an open risk, the highest score first. Blank where nothing is stated."""
    rows = []
    for each in found.risks:
        risk = each.risk
        cells = {
            "title": Cell(risk.title),
            "kind": Cell(RiskKind(risk.kind).label),
            "cause": Cell(risk.cause or None),
            "consequence": Cell(risk.consequence or None),
            "raised_on": Cell(risk.raised_on),
            "owner": Cell(risk.owner or None),
            "gross": Cell(each.rated("gross") or None),
            "current": Cell(each.rating or None),
            "target": Cell(each.rated("target") or None),
            "travel": Cell(each.travel.label if each.travel else None),
            "controls": Cell(controls_words(each) or None),
            "comment": Cell(each.comment or None),
        }
        rows.append(Row(f"risk-{risk.pk}", risk.reference, cells))
    rule = found.scale.rule
    notes = [
        "A score is impact × probability. On the scale in force "
        f"{rule.band_words[1]} begins at {rule.amber_from}, {rule.band_words[2]} at {rule.red_from}; "
        f"the appetite is {rule.appetite}.",
        "A blank means that nothing is stated.",
    ]
    if found.withheld:
        notes.append(withheld_words(found.withheld))
    return Grid(
        caption=f"{TITLE}: {project.title if project else 'corporate'}",
        name="Risks",
        columns=[
            Column("title", "Risk"),
            Column("kind", "Kind"),
            Column("cause", "Cause"),
            Column("consequence", "Consequence"),
            Column("raised_on", "Raised", Format.DATE),
            Column("owner", "Owner"),
            Column("gross", "Gross"),
            Column("current", "Current"),
            Column("target", "Target"),
            Column("travel", "Since the review before"),
            Column("controls", "Controls"),
            Column("comment", "Comments"),
        ],
        rows=rows,
        row_heading="Reference",
        notes=notes,
        about=_about(found, project),
    )


def heat_map_grid(words: str, found: HeatMap) -> Grid:
    """A heat map as a table: probability down, impact across; each square its rating in words and its risks."""
    rows = []
    for head, squares in found.rows:
        cells = {}
        for square in squares:
            text = square.rating
            if square.references:
                text += f": {', '.join(square.references)}"
            cells[str(square.point.impact)] = Cell(text)
        rows.append(Row(f"probability-{squares[0].point.probability}", head, cells))
    notes = []
    if found.elsewhere:
        notes.append(f"Not shown, since scored on an earlier scale: {', '.join(found.elsewhere)}.")
    if any(
        "(opp.)" in cell.value
        for row in rows
        for cell in row.cells.values()
        if isinstance(cell.value, str)
    ):
        notes.append("opp.: an opportunity, whose score is better the higher it is.")
    return Grid(
        caption=f"Heat map: {words[0].lower()}{words[1:]}",
        name=f"Heat map {'now' if 'stands' in words else 'before'}",
        columns=[
            Column(str(place), head, group="Impact")
            for place, head in enumerate(found.impact_heads, start=1)
        ],
        rows=rows,
        row_heading="Probability",
        notes=notes,
    )


def register_grids(found: RegisterStanding, project: Project | None) -> list[Grid]:
    """The register, then its heat maps, now first: the sheets of a workbook."""
    maps = [heat_map_grid(words, each) for words, each in reversed(found.heat_maps)]
    return [register_grid(found, project), *maps]


def register_document(
    found: RegisterStanding,
    project: Project | None,
    *,
    council: str = "",
    number: str = "Appendix 5",
) -> Document:
    """Appendix 5 as a paper: how the register stands, its heat maps, then each risk with its controls."""
    heading = f"{number}: {TITLE}" if number else TITLE
    blocks: list[Block] = [Heading(heading, 1), Facts(_summary(found, project))]
    if _is_illustrative(found):
        blocks.append(
            Paragraph(plain("Illustrative: made up to show the product, not from a report."))
        )
    if not found.risks:
        blocks.append(Paragraph(plain("No risk was open in this register on that day.")))
    else:
        maps = [heat_map_grid(words, each) for words, each in found.heat_maps]
        blocks += [GridBlock(grid) for grid in maps]
        blocks.append(Heading("Risks, the highest score first", 2))
    for each in found.risks:
        risk = each.risk
        blocks.append(Heading(f"{risk.reference} {risk.title}", 3, anchor=f"risk-{risk.pk}"))
        blocks.append(Facts([(label, plain(text)) for label, text in _facts(each) if text]))
    if found.withheld:
        blocks.append(Paragraph(plain(withheld_words(found.withheld))))
    return Document(
        title=heading,
        blocks=blocks,
        date=found.as_at,
        council=council,
        reference=project.reference if project else "",
        marking=_marking(found),
        about=[("Version", _marking(found) or "Public version")],
    )


def withheld_words(count: int) -> str:
    """``2 risks are exempt from publication and left out.``"""
    return (
        f"{count} risk{' is' if count == 1 else 's are'} exempt from publication and left out, "
        "here and in every count."
    )


def _is_illustrative(found: RegisterStanding) -> bool:
    return bool(found.risks) and all(each.risk.is_illustrative for each in found.risks)


def _marking(found: RegisterStanding) -> str:
    return EXEMPT_MARKING if any(each.risk.exempt for each in found.risks) else ""


def _summary(found: RegisterStanding, project: Project | None) -> list[tuple[str, Text]]:
    by_band = ", ".join(f"{count} {word}" for _, word, count in found.by_band)
    opportunities = sum(each.risk.kind == RiskKind.OPPORTUNITY for each in found.risks)
    pairs = [
        ("Register", f"{project.title} ({project.reference})" if project else "Corporate"),
        ("As at", day_words(found.as_at)),
        ("Open threats", f"{len(found.risks) - opportunities}: {by_band}"),
        ("Open opportunities", str(opportunities) if opportunities else ""),
        (
            "Above appetite",
            ", ".join(each.risk.reference for each in found.above_appetite) or "None",
        ),
        ("Controls overdue", str(found.controls_overdue)),
        ("Last reviewed", day_words(found.last_review) if found.last_review else "Not yet"),
    ]
    return [(label, plain(text)) for label, text in pairs if text]


def _facts(each: Standing) -> list[tuple[str, str]]:
    risk = each.risk
    travel = each.travel.label if each.travel else ""
    if each.unmoved_for:
        travel += f" for {each.unmoved_for} review{'' if each.unmoved_for == 1 else 's'}"
    elif each.before and each.travel and each.travel.arrow:
        travel += f" (was {each.before.scale.rule.rating(each.before.now)})"
    pairs = [
        ("Threat or opportunity", RiskKind(risk.kind).label),
        ("What may happen", risk.description),
        ("Why it may happen", risk.cause),
        ("What would follow", risk.consequence),
        ("Owner", risk.owner),
        ("Raised", day_words(risk.raised_on)),
        ("Gross score", each.spelt("gross")),
        ("Current score", each.spelt("current") or "No score yet"),
        ("Target score", each.spelt("target")),
        ("Since the review before", travel),
        ("Appetite", "Above appetite" if each.is_above_appetite else ""),
        ("Controls", controls_words(each)),
        ("Comments", each.comment),
    ]
    if risk.exempt:
        cited = " and ".join(str(number) for number in sorted(risk.exempt_paragraphs))
        pairs.append(("Exempt", f"Schedule 12A, paragraph {cited}"))
    return pairs


def _about(found: RegisterStanding, project: Project | None) -> list[tuple[str, str]]:
    return [
        ("Register", f"{project.title} ({project.reference})" if project else "Corporate"),
        ("As at", day_words(found.as_at)),
        ("Open risks", str(len(found.risks))),
        ("Version", _marking(found) or "Public version"),
        *([("Note", "Illustrative")] if _is_illustrative(found) else []),
    ]
