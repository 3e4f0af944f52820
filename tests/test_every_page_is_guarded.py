"""Every page × every role × seeing and sending, against one table: access_matrix.txt beside this file.

The table is the specification, one line an address name. The test opens every page of the example
council as every role, and sends every form empty; what it gets must be what the table says. A page
that the table does not know fails, and says which line to add.
"""

from __future__ import annotations

import datetime as dt
import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse
from django.urls.resolvers import URLPattern, URLResolver
from django.utils import timezone
from pghistory.models import Context

from budgets.models import (
    AuthorityLimit,
    BudgetChange,
    ClosedYear,
    FundingSource,
    GoverningBody,
    ImportRun,
    KeyDecisionThreshold,
    SpendEntry,
    UrgentRecord,
)
from council_hms.access import Role, allow, guard_of, permissions_of
from council_hms.financial_year import FinancialYear
from council_hms.models import User
from lessons.models import ApplicabilityRule, Lesson, LessonCategory, ProjectType
from projects.models import (
    Action,
    Benefit,
    BoardMembership,
    ChangeRequest,
    ClosureReport,
    Contract,
    Discount,
    FindingAcceptance,
    HighlightReport,
    Issue,
    Milestone,
    Project,
    SettlementTerm,
)
from reports.models import (
    Appendix,
    PublicationFile,
    Publishing,
    ReportCheck,
    ReportTemplate,
    Section,
)
from risks.models import Register, RegisterUpload, Risk
from tests.budgets import import_files
from tests.factories import make_project, make_user, sit_on_board
from tests.projects.delivery_factories import make_highlight, make_request
from tests.reports.check_factories import first_key, make_check
from tests.reports.report_factories import a_pdf, attach
from tests.risks.risk_factories import make_risk

TABLE = Path(__file__).with_name("access_matrix.txt")
#: The columns of the table, in order. The last is a person who signs in and has no role.
COLUMNS = (*Role.values, "no_role")
#: Packages' own pages, which have tests of their own.
NOT_OURS = ("accounts/", "admin/")
WORDS = {"see", "do", "own", "-"}
WRITES = re.compile(
    r"\s*(INSERT|UPDATE|DELETE|COPY|TRUNCATE|WITH\b.*\b(INSERT|UPDATE|DELETE))\b", re.S
)
NOTES_OF_A_VISIT = ('"django_session"', '"shared_cache"', '"council_hms_securityevent"')

#: Rows that an address needs, by its name or the longest start of it: what is made or found in the
#: example council, as the address's parts. Without an entry an address gets the project HMS, its
#: first budget change, the first row (1) and the format xlsx.
ROWS: dict[str, Callable[[], dict[str, Any]]] = {
    "acceptance_end": lambda: {"pk": _accepted_finding().pk},
    "acceptance_end_beyond": lambda: {"pk": _accepted_finding(beyond=True).pk},
    "finding_accept_beyond": lambda: _corporate_finding(),
    "finding_accept": lambda: {
        "code": "budgets.urgent_decision_not_reported",
        "subject": "HMS-04",
    },
    "action_edit": lambda: {"pk": _of_hms(Action).pk},
    "benefit_edit": lambda: {"pk": _of_hms(Benefit).pk},
    "board_pack_file": lambda: {"format": "pdf"},
    "closure_report_file": lambda: {"format": "pdf"},
    "board_leave": lambda: {"pk": BoardMembership.objects.filter(project__reference="HMS")[0].pk},
    "change_": lambda: {"reference": "HMS-01"},
    "change_create": lambda: {"reference": "HMS"},
    "change_request": lambda: {"number": _open_request().number},
    "body_edit": lambda: {"pk": GoverningBody.objects.all()[0].pk},
    "closed_year_reopen": lambda: {"pk": _closed_year().pk},
    "history_act": lambda: {"pk": _recording_of("HMS-01").pk},
    "history_row": lambda: {
        "model": "budgets.budgetchange",
        "pk": BudgetChange.objects.get(reference="HMS-01").pk,
    },
    "limit_add": lambda: {"body": GoverningBody.objects.all()[0].pk},
    "limit_edit": lambda: {"pk": AuthorityLimit.objects.all()[0].pk},
    "person": lambda: {"pk": User.objects.filter(roles__contains=[Role.AUDITOR])[0].pk},
    "source_edit": lambda: {"pk": FundingSource.objects.all()[0].pk},
    "threshold_edit": lambda: {"pk": KeyDecisionThreshold.objects.all()[0].pk},
    "change_request_link": lambda: {"number": _approved_request().number},
    "check": lambda: {"pk": _check_of_finance_officer().pk},
    "finding_dismiss": lambda: _finding_of_finance_officer(),
    "finding_restore": lambda: _finding_of_finance_officer(),
    "closure_accept": lambda: {"reference": _project_to_close().reference},
    "contract_edit": lambda: {"pk": _of_hms(Contract).pk},
    "decision_": lambda: {"reference": "HMS-01"},
    "decision_confirm": lambda: {"reference": "HMS-01", "position": 1},
    "decision_record": lambda: _open_stop(),
    "discount_edit": lambda: {"pk": _of_hms(Discount).pk},
    "highlight_edit": lambda: {"pk": _draft_highlight().pk},
    "highlight_": lambda: {"pk": _sent_highlight().pk},
    "import_": lambda: {"number": _faulty_import().pk},
    "import_marked": lambda: {"number": _faulty_import().pk, "format": "csv"},
    "import_template": lambda: {"kind": "spend"},
    "issue_edit": lambda: {"pk": _of_hms(Issue).pk},
    "lesson": lambda: {"pk": Lesson.objects.filter(project__reference="HMS")[0].pk},
    "lesson_category": lambda: {"pk": LessonCategory.objects.all()[0].pk},
    "lesson_rule": lambda: {"pk": ApplicabilityRule.objects.all()[0].pk},
    "minute_": lambda: {"reference": "HMS-01", "position": 1},
    "milestone": lambda: {"pk": _of_hms(Milestone).pk},
    "project_type": lambda: {"pk": ProjectType.objects.all()[0].pk},
    "corporate_risk_import_preview": lambda: {"pk": _waiting_register(None).pk},
    "project_risk_import_preview": lambda: {"pk": _waiting_register("HMS").pk},
    "risk": lambda: {"pk": _risk_with_control().pk},
    "risk_control": lambda: {
        "pk": _risk_with_control().pk,
        "control_pk": _risk_with_control().controls.all()[0].pk,
    },
    "risk_register": lambda: {"pk": Register.objects.get(project=None).pk},
    "risk_scale_create": lambda: {"pk": Register.objects.get(project=None).pk},
    "published": lambda: _published(),
    "report": lambda: {"reference": "HMS-2023-06-14", "earlier": 1, "later": 0},
    "report_appendix": lambda: _of_report(label="budget"),
    "report_appendix_file": lambda: _of_report(label=_appendix_with_pdf().label),
    "report_paragraph": lambda: _of_report(label="spend"),
    "report_part_": lambda: _of_report(kind="paragraph", key="spend"),
    "report_publishing": lambda: _of_report(number=_publishing().pk),
    "report_recommendation": lambda: _of_report(label="note"),
    "report_section": lambda: _of_report(key=Section.objects.all()[0].pk),
    "report_template": lambda: {"pk": ReportTemplate.objects.all()[0].pk},
    "settlement_term": lambda: {"pk": _of_hms(SettlementTerm).pk},
    "spend_reverse": lambda: {"entry": SpendEntry.objects.filter(project__reference="HMS")[0].pk},
    "urgent_reported": lambda: _urgent(),
    "change": lambda: {"reference": "HMS-01"},
}
#: What must stand in the query for a page to be there at all.
QUERIES = {"funding_lines": "?nature=capital&year=2023-24&row=available"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: an address name and what each role may do there."""

    name: str
    by_role: dict[str, str]


def read_table() -> dict[str, Line | str]:
    """The table: lines by address name; "public" and "signed-in" as one word."""
    lines: dict[str, Line | str] = {}
    for number, text in enumerate(TABLE.read_text().splitlines(), start=1):
        words = text.partition("#")[0].split()
        if not words:
            continue
        name, *cells = words
        assert name not in lines, f"{TABLE.name}:{number}: {name} is there twice"
        if cells in (["public"], ["signed-in"]):
            lines[name] = cells[0]
            continue
        assert len(cells) == len(COLUMNS), (
            f"{TABLE.name}:{number}: {name} needs {len(COLUMNS)} words"
        )
        assert set(cells) <= WORDS, f"{TABLE.name}:{number}: write see, do or - for each role"
        lines[name] = Line(name, dict(zip(COLUMNS, cells, strict=True)))
    return lines


def patterns() -> Iterator[tuple[str, URLPattern]]:
    """Every address of the product with its pattern."""

    def walk(entries: Any, before: str) -> Iterator[tuple[str, URLPattern]]:
        for entry in entries:
            route = before + str(entry.pattern)
            if isinstance(entry, URLResolver):
                yield from walk(entry.url_patterns, route)
            elif not route.startswith(NOT_OURS):
                yield route, entry

    return walk(get_resolver().url_patterns, "")


def proposed_line(entry: URLPattern) -> str:
    """The line for a page that the table lacks, from the guard it wears; seeing only, until sending is decided."""
    guard = guard_of(entry.callback)
    if isinstance(guard, str):
        return f"{entry.name}  {guard.replace('_', '-')}"
    words = ["see" if guard and guard & permissions_of([role]) else "-" for role in COLUMNS]
    return f"{entry.name:<25} " + "".join(f"{word:<5}" for word in words).rstrip()


# -- the table is whole, and says what the guards say -------------------------------------------


def test_every_page_has_its_line_and_every_line_its_page() -> None:
    known = read_table()
    names = {entry.name: entry for _, entry in patterns()}
    missing = [proposed_line(entry) for name, entry in names.items() if name not in known]
    assert not missing, (
        f"These addresses have no line in tests/{TABLE.name}. Add them to the block of their room, "
        'with "do" in place of "see" for each role that may send the form (or press the button):\n\n'
        + "\n".join(missing)
    )
    gone = sorted(set(known) - set(names))
    assert not gone, f"tests/{TABLE.name} has lines for addresses that are no more: {gone}"


def test_every_page_has_a_name_and_wears_a_guard() -> None:
    bare = [route for route, entry in patterns() if not entry.name or not guard_of(entry.callback)]
    assert not bare, f"Give these a name and @allow(...): {bare}"


def test_the_table_says_what_the_guards_say() -> None:
    known = read_table()
    wrong = []
    for _, entry in patterns():
        line, guard = known.get(str(entry.name)), guard_of(entry.callback)
        if line is None or guard is None:
            continue
        if isinstance(line, str) or isinstance(guard, str):
            said = line if isinstance(line, str) else "roles"
            found = guard.replace("_", "-") if isinstance(guard, str) else "roles"
        else:
            said = {role for role, word in line.by_role.items() if word != "-"}
            found = {role for role in COLUMNS if guard & permissions_of([role])}
        if said != found:
            wrong.append(f"{entry.name}: the table says {said}, the page lets in {found}")
    assert not wrong, "\n".join(wrong)


# -- and the pages do what it says --------------------------------------------------------------


@pytest.fixture
def council(db: None) -> Iterator[dict[str, User]]:
    """The example council and one person of each role, on HMS's board where that decides."""
    logging.disable(logging.WARNING)  # some hundred refusals, each with its trace
    call_command("load_example", stdout=StringIO())
    hms = Project.objects.get(reference="HMS")
    people = {}
    for role in COLUMNS:
        person = make_user(*([Role(role)] if role in Role.values else []), name=role)
        if role in (Role.PROJECT_MANAGER, Role.BOARD_MEMBER):
            sit_on_board(person, hms)
        people[role] = person
    yield people
    logging.disable(logging.NOTSET)


@pytest.mark.slow
def test_each_role_meets_what_the_table_says(council: dict[str, User]) -> None:
    table = read_table()
    addresses = [
        (line, address_of(entry))
        for _, entry in patterns()
        if isinstance(line := table.get(str(entry.name)), Line)
    ]
    wrong = []
    for role in COLUMNS:
        session = Client(raise_request_exception=False)
        session.force_login(council[role])
        for line, address in addresses:
            seen, sent = knock(session, address)
            wrong += [
                f"{line.name} {address}, {role}: {fault}"
                for fault in faults_of(line.by_role[role], seen, sent)
            ]
    assert not wrong, "\n".join(wrong)


def test_those_not_signed_in_are_sent_to_sign_in(council: dict[str, User]) -> None:
    wrong = []
    for _, entry in patterns():
        if guard_of(entry.callback) == "public":
            continue
        for status in knock(Client(raise_request_exception=False), address_of(entry)):
            if status != 302:
                wrong.append(f"{entry.name}: {status}")
    assert not wrong, "\n".join(wrong)


def knock(session: Client, address: str) -> tuple[int, int]:
    """How a page answers to being opened and to an empty form, undone afterwards.

    A page that is only opened writes nothing but the session and the log of who was there.
    """
    answers = []
    written: list[str] = []

    def watch(execute: Any, sql: str, *args: Any) -> Any:
        if changes_data(sql):
            written.append(f"{address} when opened: {sql[:120]}")
        return execute(sql, *args)

    with transaction.atomic(), connection.execute_wrapper(watch):
        answers.append(session.get(address).status_code)
        transaction.set_rollback(True)
    assert not written, "\n".join(written)
    with transaction.atomic():
        answers.append(session.post(address).status_code)
        transaction.set_rollback(True)
    return answers[0], answers[1]


def changes_data(sql: str) -> bool:
    """Whether a statement writes anything but the notes of a visit."""
    return bool(WRITES.match(sql)) and not any(table in sql for table in NOTES_OF_A_VISIT)


def faults_of(word: str, seen: int, sent: int) -> list[str]:
    """What is wrong with two answers, in words; nothing when they are what the table says."""
    faults = []
    if max(seen, sent) >= 500:
        return [f"answers {seen} to seeing and {sent} to sending"]
    if word == "-":
        if (seen, sent) != (403, 403):
            faults.append(f"is open ({seen}, sending {sent}) and should be refused with 403")
        return faults
    if word == "own":
        if not {seen, sent} <= {403, 404, 405}:
            faults.append(f"shows another person's ({seen}, sending {sent})")
        return faults
    if seen == 404:
        return ["answers 404: give ROWS in this file a row that the page can show"]
    if seen == 403:
        faults.append("refuses to be seen and should not")
    if word == "see" and sent not in (403, 405):
        faults.append(f'takes what is sent ({sent}): write "do", or refuse it with 403')
    if word == "do" and sent in (403, 405):
        faults.append(f'refuses what is sent ({sent}): write "see"')
    return faults


def test_the_test_sees_an_open_page() -> None:
    """The harness's own control: an unguarded page, a missing refusal and a fault are each seen."""
    assert faults_of("-", 200, 403)
    assert faults_of("see", 200, 200)
    assert faults_of("do", 200, 403)
    assert faults_of("see", 200, 500)
    assert faults_of("own", 200, 404)
    assert faults_of("-", 403, 403) == faults_of("see", 200, 405) == faults_of("do", 405, 302) == []
    assert changes_data('INSERT INTO "projects_project" VALUES (1)')
    assert changes_data("WITH gone AS (DELETE FROM budgets_line RETURNING 1) SELECT 1")
    assert not changes_data('UPDATE "django_session" SET expire_date = now()')
    assert not changes_data('SELECT "updated" FROM "projects_project"')
    assert guard_of(lambda request: None) is None
    assert guard_of(allow()(lambda request: None)) == frozenset()


# -- addresses ----------------------------------------------------------------------------------


def address_of(entry: URLPattern) -> str:
    """A real address of a page in the example council."""
    names = set(entry.pattern.converters)
    parts: dict[str, Any] = {
        key: value
        for key, value in {"reference": "HMS", "pk": 1, "position": 1, "number": 1}.items()
        if key in names
    }
    starts = [start for start in ROWS if str(entry.name).startswith(start)]
    if starts:
        found = ROWS[max(starts, key=len)]()
        parts |= {key: value for key, value in found.items() if key in names}
    for format_ in [parts["format"]] if "format" in parts else ("xlsx", "docx", "pdf"):
        if "format" in names:
            parts["format"] = format_
        try:
            return reverse(str(entry.name), kwargs=parts) + QUERIES.get(str(entry.name), "")
        except NoReverseMatch:
            continue
    raise AssertionError(
        f"{entry.name} needs {sorted(names)}: add a row for it to ROWS in {Path(__file__).name}"
    )


def _recording_of(reference: str) -> Context:
    """The act in which a budget change was recorded."""
    change = BudgetChange.objects.get(reference=reference)
    return Context.objects.get(pk=change.events.filter(pgh_label="insert")[0].pgh_context_id)


def _of_hms(model: Any) -> Any:
    hms = Project.objects.get(reference="HMS")
    found = model.objects.filter(project=hms).first()
    if found is None and model is Issue:
        found = Issue.objects.create(project=hms, title="An issue", raised_on=timezone.localdate())
    assert found is not None, f"the example council has no {model._meta.verbose_name} of HMS"
    return found


def _corporate_finding() -> dict[str, str]:
    """A threat of the corporate register above the appetite."""
    risk = make_risk(None, reviews=[(timezone.localdate(), 5, 5)])
    return {"code": "risks.above_appetite", "subject": risk.reference}


def _accepted_finding(*, beyond: bool = False) -> FindingAcceptance:
    day = timezone.localdate()
    return FindingAcceptance.objects.create(
        code="budgets.surplus_year",
        project=None if beyond else Project.objects.get(reference="HMS"),
        subject="plan",
        reason="Reprofiled in the next plan",
        accepted_by=User.objects.all()[0],
        accepted_on=day,
        review_on=day + dt.timedelta(days=30),
    )


def _check_of_finance_officer() -> ReportCheck:
    return make_check(User.objects.get(name="finance_officer"))


def _finding_of_finance_officer() -> dict[str, Any]:
    check = _check_of_finance_officer()
    return {"pk": check.pk, "key": first_key(check)}


def _risk_with_control() -> Risk:
    return Risk.objects.filter(register__project__reference="HMS", controls__isnull=False)[0]


def _waiting_register(reference: str | None) -> RegisterUpload:
    """A file that waits for the word to go ahead."""
    project = Project.objects.get(reference=reference) if reference else None
    return RegisterUpload.objects.create(
        project=project, file_name="risks.csv", sheets=[], uploaded_by=User.objects.all()[0]
    )


def _faulty_import() -> ImportRun:
    """A file with a fault, so that there is something to mark."""
    officer = User.objects.filter(roles__contains=[Role.FINANCE_OFFICER])[0]
    found = ImportRun.objects.first()
    wrong = import_files.ledger(import_files.entry(amount="12,50"))
    return found or import_files.checked(officer, "spend", wrong)


def _of_report(**parts: Any) -> dict[str, Any]:
    """A part of the example council's report."""
    return {"reference": "HMS-2023-06-14", **parts}


def _appendix_with_pdf() -> Appendix:
    """A public appendix of the example council's report with a PDF attached."""
    row = Appendix.objects.get(report__reference="HMS-2023-06-14", label="budget")
    return attach(row.report.created_by, row, a_pdf("The provision"))


def _publishing() -> Publishing:
    """How the first version of the example council's report was made."""
    return Publishing.objects.filter(report__reference="HMS-2023-06-14")[0]


def _published() -> dict[str, Any]:
    file = PublicationFile.objects.filter(audience="public")[0]
    return _of_report(number=1, name=file.name)


def _open_request() -> ChangeRequest:
    """A request of HMS that its board has not decided on."""
    hms = Project.objects.get(reference="HMS")
    waiting = ChangeRequest.objects.filter(project=hms, outcome=None).first()
    return waiting or make_request(hms, timezone.localdate())


def _approved_request() -> ChangeRequest:
    hms, day = Project.objects.get(reference="HMS"), timezone.localdate()
    return make_request(
        hms, day, outcome="approved", decided_on=day, decided_by=User.objects.all()[0]
    )


def _project_to_close() -> Project:
    """A project whose closure report waits for its board."""
    project, day = make_project("CLOSING"), timezone.localdate()
    for person in User.objects.filter(roles__overlap=[Role.BOARD_MEMBER, Role.PROJECT_MANAGER]):
        sit_on_board(person, project)
    ClosureReport.objects.create(
        project=project, submitted_on=day, submitted_by=User.objects.all()[0]
    )
    return project


def _closed_year() -> ClosedYear:
    return ClosedYear.objects.create(
        year=FinancialYear(2001), closed_on=timezone.localdate(), closed_by=User.objects.all()[0]
    )


def _draft_highlight() -> HighlightReport:
    hms = Project.objects.get(reference="HMS")
    found = HighlightReport.objects.filter(project=hms, submitted_on=None).first()
    return found or make_highlight(hms, timezone.localdate())


def _sent_highlight() -> HighlightReport:
    hms = Project.objects.get(reference="HMS")
    found = HighlightReport.objects.filter(project=hms).exclude(submitted_on=None).first()
    day = timezone.localdate() - dt.timedelta(days=40)
    return found or make_highlight(hms, day, submitted_on=day)


def _open_stop() -> dict[str, Any]:
    change = BudgetChange.objects.get(reference="HMS-01")
    stop = change.decisions.filter(outcome=None).first()
    if stop is None:
        last = change.decisions.order_by("-position").first()
        stop = change.decisions.create(
            body=GoverningBody.objects.filter(kind="council")[0],
            position=last.position + 1 if last else 1,
            expects="note",
        )
    return {"reference": change.reference, "position": stop.position}


def _urgent() -> dict[str, Any]:
    record = UrgentRecord.objects.filter(decision__change__project__reference="HMS")[0]
    return {"reference": record.decision.change.reference, "position": record.decision.position}
