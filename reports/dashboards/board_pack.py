"""The board pack: a project's dashboard as a paper, for an audience and a date."""

from __future__ import annotations

from council_hms.charts import Chart
from council_hms.document import (
    Block,
    Bullets,
    Document,
    Facts,
    GridBlock,
    Heading,
    Paragraph,
    Picture,
    Span,
    plain,
    typed,
)
from council_hms.grid import Grid
from council_hms.money import in_words
from reports.dashboards.project import ProjectDashboard
from reports.dashboards.tables import day_words

EXEMPT_MARKING = "Exempt: not for publication"


def board_pack(dashboard: ProjectDashboard, made_by: str) -> Document:
    """The pack as a Document. It holds what the dashboard holds, which was gathered for its reader."""
    project, as_at = dashboard.project, dashboard.as_at
    blocks: list[Block] = [
        Heading(f"Board pack: {project.title}", 1),
        Facts(
            (
                ("Project", plain(str(project))),
                ("As at", plain(day_words(as_at))),
                ("Stage", plain(project.get_stage_display())),
                ("Fund", plain(project.get_fund_display())),
                *(
                    (words, plain(value))
                    for words, value in (
                        ("Directorate", project.directorate),
                        ("Cabinet member", project.cabinet_member),
                        ("Sponsor", project.sponsor),
                        ("Senior responsible owner", project.senior_responsible_owner),
                    )
                    if value
                ),
            )
        ),
        Heading("In short"),
        *typed(project.summary),
        Bullets([plain(sentence) for sentence in dashboard.story]),
        Heading("Findings"),
        *_findings(dashboard),
        Heading("Budget and authority"),
        Facts(tuple((words, plain(value)) for words, value in figures(dashboard))),
        *_drawn(dashboard.chart),
        *_table(dashboard.decisions_grid, "No decision is on record."),
        Heading("Funding"),
        GridBlock(dashboard.funding_grid),
        *(Paragraph(plain(sentence)) for sentence in dashboard.funding.sentences),
        Heading("Milestones"),
        *_drawn(dashboard.slip_chart),
        *_table(dashboard.milestones_grid, "No milestone is on record."),
        Heading("Latest highlight report"),
        *_highlight(dashboard),
        Heading("Risks"),
        *_table(dashboard.risks_grid, "No risk with a score is open."),
        Heading("Open actions"),
        *_table(dashboard.actions_grid, "No action is open."),
        Heading("Lessons"),
        *_lessons(dashboard),
        Heading("Benefits and savings"),
        *_table(dashboard.benefits_grid, "No benefit is on record."),
        Heading("Suppliers, contracts and what was agreed"),
        *_table(dashboard.contracts_grid, "No contract is on record."),
        *_table(dashboard.agreed_grid, ""),
    ]
    if not dashboard.sees_exempt:
        blocks.append(
            Paragraph(plain("What is exempt from publication is not in this version of the pack."))
        )
    return Document(
        title=f"Board pack: {project.title}",
        blocks=blocks,
        author=made_by,
        date=as_at,
        council=str(dashboard.council),
        reference=project.reference,
        marking=EXEMPT_MARKING if dashboard.holds_exempt else "",
        about=(("As at", day_words(as_at)), ("Made by", made_by)),
    )


def figures(dashboard: ProjectDashboard) -> list[tuple[str, str]]:
    """The figures of a project in words, with what the sign of a variance means."""
    outturn, position = dashboard.outturn, dashboard.position
    unknown = "not known: no cost plan is in force"
    if outturn.variance is None:
        variance = unknown
    elif outturn.variance > 0:
        variance = f"{in_words(outturn.variance)} over what is approved"
    elif outturn.variance < 0:
        variance = f"{in_words(-outturn.variance)} under what is approved"
    else:
        variance = "none"
    return [
        ("Original budget", in_words(outturn.original)),
        ("Formally approved, later years included", in_words(outturn.approved)),
        ("Formally approved for years begun", in_words(position.approved_to_date.total)),
        ("Held on interim authority", in_words(outturn.interim)),
        ("Sought, not yet approved", in_words(outturn.sought)),
        ("Spent to date", in_words(outturn.spent)),
        ("Spend ahead of formal approval", in_words(outturn.ahead)),
        ("Forecast outturn", unknown if outturn.forecast is None else in_words(outturn.forecast)),
        ("Variance, forecast against approved", variance),
        (
            "Additional budget ask, this year and later",
            "none is worked out" if outturn.ask is None else in_words(outturn.ask),
        ),
    ]


def _findings(dashboard: ProjectDashboard) -> list[Block]:
    """A sentence or two each, the heaviest first; those accepted come last and say why."""
    points = [
        (
            Span(f"{concern.finding.level.label}. ", bold=True),
            Span(
                f"{concern.finding.check.title}: {concern.finding.message} "
                f"{concern.finding.check.who_acts} acts."
            ),
        )
        for concern in dashboard.open_concerns
    ]
    for concern in dashboard.concerns:
        if concern.is_accepted and concern.acceptance:
            accepted = (
                f"{concern.finding.check.title}: {concern.finding.message} Accepted until "
                f"{day_words(concern.acceptance.review_on)}: {concern.acceptance.reason}"
            )
            points.append((Span("Accepted. ", bold=True), Span(accepted)))
    if not points:
        return [Paragraph(plain("No check found anything on this day."))]
    return [Bullets(points)]


def _table(grid: Grid, nothing: str) -> list[Block]:
    if grid.rows:
        return [GridBlock(grid)]
    return [Paragraph(plain(nothing))] if nothing else []


def _drawn(chart: Chart | None) -> list[Block]:
    if chart is None:
        return []
    words = "; ".join(", ".join(cell for cell in row if cell) for row in chart.table_rows)
    return [Picture(str(chart.svg), words, chart.title)]


def _highlight(dashboard: ProjectDashboard) -> list[Block]:
    report = dashboard.report
    if report is None:
        return [Paragraph(plain("No highlight report has been submitted."))]
    blocks: list[Block] = [
        Paragraph(
            plain(
                f"Period {day_words(report.period_from)} to {day_words(report.period_to)}. Delivery confidence: "
                f"{report.get_delivery_confidence_display() or 'not rated'}. {report.confidence_reason}"
            )
        )
    ]
    blocks += typed(report.summary)
    blocks.append(GridBlock(dashboard.ratings_grid))
    for heading, text in (("What was done", report.done), ("What comes next", report.next_steps)):
        if text.strip():
            blocks.append(Heading(heading, 3))
            blocks += typed(text)
    if report.noted_on:
        blocks.append(Heading(f"The board, {day_words(report.noted_on)}", 3))
        blocks += typed(report.board_note)
    return blocks


def _lessons(dashboard: ProjectDashboard) -> list[Block]:
    blocks = _table(dashboard.lessons_grid, "This project has logged no lesson.")
    if dashboard.duties:
        open_ones = len(dashboard.unanswered)
        blocks.append(
            Paragraph(
                plain(
                    f"Of {len(dashboard.duties)} lessons of other projects that apply, "
                    f"{len(dashboard.duties) - open_ones} are answered and {open_ones} are not."
                )
            )
        )
    return blocks
