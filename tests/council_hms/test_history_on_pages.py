"""Every object whose history is kept leads to it from its own page, or is a part of one that does."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse

from council_hms import history_log
from council_hms.access import Role
from tests.factories import make_user
from tests.reports.check_factories import make_check
from tests.test_every_page_is_guarded import _accepted_finding, _closed_year, _project_to_close

pytestmark = pytest.mark.django_db

#: Where each kind of row has its page: the address, from a row of it.
PAGES: dict[str, Callable[[Any], str]] = {
    "budgets.authoritylimit": lambda row: reverse("limit_edit", args=[row.pk]),
    "budgets.budgetchange": lambda row: row.get_absolute_url(),
    "budgets.closedyear": lambda row: reverse("closed_years"),
    "budgets.costplan": lambda row: reverse("plan", args=[row.project.reference]),
    "budgets.fundingsource": lambda row: reverse("source_list"),
    "budgets.governingbody": lambda row: reverse("body_list"),
    "budgets.keydecisionthreshold": lambda row: reverse("threshold_edit", args=[row.pk]),
    "budgets.spendentry": lambda row: reverse("spend_list", args=[row.project.reference]),
    "council_hms.councilsettings": lambda row: reverse("council_edit"),
    "council_hms.user": lambda row: reverse("person", args=[row.pk]),
    "lessons.answer": lambda row: row.lesson.get_absolute_url(),
    "lessons.applicabilityrule": lambda row: reverse("lesson_rule", args=[row.pk]),
    "lessons.gatelimit": lambda row: reverse("lesson_rules"),
    "lessons.lesson": lambda row: row.get_absolute_url(),
    "lessons.lessoncategory": lambda row: reverse("lesson_category", args=[row.pk]),
    "lessons.projectclassification": lambda row: reverse(
        "project_lessons", args=[row.project.reference]
    ),
    "lessons.projecttype": lambda row: reverse("project_type", args=[row.pk]),
    "projects.action": lambda row: row.get_absolute_url(),
    "projects.benefit": lambda row: row.get_absolute_url(),
    "projects.changerequest": lambda row: row.get_absolute_url(),
    "projects.contract": lambda row: row.get_absolute_url(),
    "projects.discount": lambda row: reverse("contract_list", args=[row.project.reference]),
    "projects.findingacceptance": lambda row: (
        reverse("project_findings", args=[row.project.reference]) + "?state=accepted"
    ),
    "projects.highlightreport": lambda row: row.get_absolute_url(),
    "projects.issue": lambda row: row.get_absolute_url(),
    "projects.closurereport": lambda row: row.get_absolute_url(),
    "projects.milestone": lambda row: reverse("milestone", args=[row.project.reference, row.pk]),
    "projects.project": lambda row: row.get_absolute_url(),
    "projects.settlementterm": lambda row: reverse("contract_list", args=[row.project.reference]),
    "reports.report": lambda row: row.get_absolute_url(),
    "reports.reportcheck": lambda row: row.get_absolute_url(),
    "reports.reporttemplate": lambda row: reverse("report_template", args=[row.pk]),
    "risks.register": lambda row: row.scales_url,
    "risks.risk": lambda row: row.get_absolute_url(),
}
#: Kept in the site-wide log alone, each with its reason.
IN_THE_LOG_ALONE = {
    "budgets.columnname": "what an import remembered of a file's heads; the next import says otherwise",
    "projects.supplier": "a name, entered with its contract",
}


def parts() -> set[str]:
    """Kinds of rows that are part of another, and shown with it."""
    found = set()
    for model, _ in history_log.tracked_models().values():
        for path in getattr(model, "history_parts", ()):
            part: Any = model
            for name in path.split("__"):
                part = part._meta.get_field(name).related_model
            found.add(part._meta.label_lower)
    return found


def test_every_kind_of_row_has_a_page_that_leads_to_its_history() -> None:
    assert set(history_log.tracked_models()) == set(PAGES) | parts() | set(IN_THE_LOG_ALONE)


@pytest.mark.slow
def test_each_page_leads_to_the_history_of_its_row_for_those_who_may_see_it(signed_in) -> None:
    call_command("load_example", stdout=StringIO())
    officer = make_user(Role.FINANCE_OFFICER, name="finance_officer")
    _closed_year()
    _accepted_finding()
    _project_to_close()
    make_check(officer)
    auditor = make_user(Role.AUDITOR, name="Auditor")
    keeper = make_user(Role.ADMINISTRATOR, name="Keeper")
    author = make_user(Role.REPORT_AUTHOR, name="Author")
    missing, untried = [], []
    for label, address_of in PAGES.items():
        row = history_log.tracked_models()[label][0]._default_manager.order_by("pk").first()
        if row is None:
            untried.append(label)
            continue
        address, link = address_of(row), history_log.history_address(row)
        for person in (auditor, keeper):
            page = signed_in(person).get(address)
            if page.status_code == 200 and link in page.content.decode():
                break
        else:
            missing.append((label, address, page.status_code))
        page = signed_in(author).get(address)
        assert "/history/rows/" not in page.content.decode(), address
    assert missing == []
    assert untried == []
