"""Benefits and savings by year, contracts, and settlement terms that only those with the right ever see."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from council_hms.models import User
from projects import services
from projects.models import Benefit, Contract, Discount, Project, SettlementTerm
from tests.projects.delivery_factories import make_benefit, make_contract, make_discount, make_term


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def years(*rows: tuple[str, str, str]) -> dict[str, str]:
    sent = {"years-TOTAL_FORMS": str(len(rows)), "years-INITIAL_FORMS": "0"}
    for number, (year, planned, actual) in enumerate(rows):
        sent |= {
            f"years-{number}-year": year,
            f"years-{number}-planned": planned,
            f"years-{number}-actual": actual,
        }
    return sent


SAVING = {"title": "Legacy systems", "kind": "saving", "cashable": "on", "already_in_budget": "on"}


def test_a_saving_of_no_stated_year_is_entered_and_not_counted_again(
    project: Project, project_manager: User, signed_in
) -> None:
    session = signed_in(project_manager)
    response = session.post("/projects/HMS/benefits/new/", SAVING | years(("", "£147k", "")))
    assert response.status_code == 302
    benefit = Benefit.objects.with_totals().get()
    assert (benefit.planned_total, benefit.actual_total) == (Decimal("147000.00"), None)
    make_benefit(project, 20_000, cashable=True, kind="saving")
    make_benefit(project, 9_000, kind="service")  # not cashable: no money
    content = session.get("/projects/HMS/benefits/").content.decode()
    assert "Year not stated: £147,000" in content
    response = session.get("/projects/HMS/benefits/")
    assert response.context["already_out"] == Decimal("147000.00")
    assert response.context["still_to_count"] == Decimal("20000.00")


def test_years_are_replaced_and_wrong_ones_kept_on_the_page(
    project: Project, project_manager: User, signed_in
) -> None:
    session = signed_in(project_manager)
    session.post("/projects/HMS/benefits/new/", SAVING | years(("23/24", "10k", "")))
    benefit = Benefit.objects.get()
    address = f"/projects/HMS/benefits/{benefit.pk}/"
    wrong = session.post(
        address, SAVING | {"version": "1"} | years(("23/24", "ten", ""), ("23-25", "1", ""))
    )
    assert 'value="ten"' in wrong.content.decode()
    assert "is not one year" in wrong.content.decode()
    twice = session.post(
        address, SAVING | {"version": "1"} | years(("23/24", "1", ""), ("2023-24", "2", ""))
    )
    assert "2023-24 is there twice" in twice.content.decode()
    session.post(address, SAVING | {"version": "1"} | years(("2024-25", "1k", "2k")))
    assert [(row.year.label, row.planned, row.actual) for row in benefit.years.all()] == [
        ("2024-25", Decimal("1000.00"), Decimal("2000.00"))
    ]


def test_totals_of_benefits_are_one_query(project: Project, django_assert_num_queries) -> None:
    for _ in range(4):
        make_benefit(project, 1000)
    with django_assert_num_queries(1):
        assert [row.planned_total for row in Benefit.objects.with_totals()] == [
            Decimal("1000.00")
        ] * 4


def test_a_contract_is_entered_and_its_supplier_found_again(
    project: Project, project_manager: User, signed_in
) -> None:
    session = signed_in(project_manager)
    form = {
        "supplier_name": "System supplier",
        "title": "Licence",
        "starts": "2018-01-01",
        "ends": "2025-06-30",
        "value": "1.2m",
    }
    session.post("/projects/HMS/contracts/new/", form)
    session.post(
        "/projects/HMS/contracts/new/",
        form | {"supplier_name": "SYSTEM supplier", "title": "Support"},
    )
    licence, support = Contract.objects.order_by("title")
    assert licence.supplier == support.supplier
    assert licence.value == Decimal("1200000.00")
    wrong = session.post(
        "/projects/HMS/contracts/new/",
        form | {"title": "Other", "ends": "2017-01-01", "extension_until": "2016-01-01"},
    )
    content = wrong.content.decode()
    assert "must not end before it starts" in content
    assert "must run beyond the end" in content
    assert licence.days_left(day("2025-06-01")) == 29


# -- exempt -----------------------------------------------------------------------------------

CANARY = "CANARY-7361"


@pytest.fixture
def exempt_rows(project: Project) -> None:
    contract = make_contract(project, ends=day("2025-06-30"))
    make_term(
        project,
        title=CANARY,
        terms=CANARY,
        note=CANARY,
        exempt_reason=CANARY,
        amount=Decimal("736100"),
    )
    make_discount(
        project,
        title=CANARY,
        note=CANARY,
        contract=contract,
        amount=Decimal("736100"),
        claim_until=day("2099-06-30"),
    )


def test_terms_and_discounts_are_exempt_unless_said_otherwise(exempt_rows: None) -> None:
    for model in (SettlementTerm, Discount):
        row = model.objects.get()
        assert (row.exempt, row.exempt_paragraphs) == (True, [3])
        assert CANARY not in str(row)


@pytest.mark.parametrize("role", ["administrator", "other_board_member", "stranger"])
def test_exempt_terms_are_never_seen_by_those_without_the_right(
    role: str, exempt_rows: None, project: Project, signed_in, request
) -> None:
    session = signed_in(request.getfixturevalue(role))
    term, discount = SettlementTerm.objects.get(), Discount.objects.get()
    for address in (
        "contracts/",
        f"settlement-terms/{term.pk}/",
        f"discounts/{discount.pk}/",
        "milestones/",
        "closure/",
        "benefits/",
    ):
        content = session.get(f"/projects/HMS/{address}").content.decode()
        assert CANARY not in content
        assert "736,100" not in content


@pytest.mark.parametrize(
    "role", ["finance_officer", "project_manager", "board_member", "auditor", "report_author"]
)
def test_those_with_the_right_see_them_marked(
    role: str, exempt_rows: None, project: Project, signed_in, request
) -> None:
    session = signed_in(request.getfixturevalue(role))
    content = session.get("/projects/HMS/contracts/").content.decode()
    assert content.count(CANARY) >= 2
    assert "Exempt, paragraph 3" in content
    public = session.get("/projects/HMS/contracts/?audience=public").content.decode()
    assert CANARY not in public


def test_a_term_made_public_drops_its_paragraph(
    project: Project, project_manager: User, signed_in
) -> None:
    contract = make_contract(project)
    session = signed_in(project_manager)
    form = {
        "supplier": str(contract.supplier_id),
        "title": "Free training",
        "exempt": "on",
        "exempt_paragraphs": "3",
    }
    refused = session.post("/projects/HMS/settlement-terms/new/", form)
    assert "Say why the public interest favours exemption" in refused.content.decode()
    session.post(
        "/projects/HMS/settlement-terms/new/", form | {"exempt_reason": "Negotiations go on"}
    )
    term = SettlementTerm.objects.get()
    assert (term.exempt, term.exempt_paragraphs) == (True, [3])
    form.pop("exempt")
    session.post(f"/projects/HMS/settlement-terms/{term.pk}/", form | {"version": "1"})
    term.refresh_from_db()
    assert (term.exempt, term.exempt_paragraphs, term.exempt_reason) == (False, [], "")


def test_the_database_keeps_a_public_row_free_of_paragraphs(project: Project) -> None:
    with pytest.raises(IntegrityError, match="paragraph_only_if_exempt"), transaction.atomic():
        make_discount(project, exempt=False, exempt_paragraphs=[3])


def test_who_may_not_see_exempt_matter_may_not_write_it(
    project: Project, administrator: User
) -> None:
    with pytest.raises(PermissionDenied):
        services.enter_discount(by=administrator, project=project, title="X")
