"""Every page of risks: who may open it, for a register that is empty and one that is full."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from risks.models import RegisterUpload
from tests.risks.risk_factories import keeper, make_control, make_exempt, make_risk, open_register

DAY = dt.date(2026, 2, 2)


@pytest.fixture
def register(project):
    """Two risks with reviews and a control, one of them exempt, and one closed."""
    risk = make_risk(project, "The data is not ready", reviews=[(DAY, 4, 3), (DAY, 4, 4)])
    make_control(risk, "Rehearse the migration", due_on=DAY)
    make_exempt(make_risk(project, "Zeppelin clause", reviews=[(DAY, 5, 5)]))
    make_risk(project, "Gone", closed_on=DAY, closed_reason="It cannot happen any more")
    make_risk(None, "Corporate matter", reviews=[(DAY, 3, 3)])
    return risk


def pages(risk):
    """Address → the permissions group that may open it."""
    control = risk.controls.get()
    reads = [
        "/risks/",
        "/risks.csv",
        "/risks.xlsx",
        "/risks/?sort=-score&band=red&kind=threat&attention=appetite&state=all&q=data",
        "/projects/HMS/risks/",
        "/projects/HMS/risks.csv",
        "/projects/HMS/risks/scale/",
        "/projects/HMS/risks/appendix-5/",
        "/projects/HMS/risks/appendix-5.xlsx",
        "/projects/HMS/risks/appendix-5.json",
        "/projects/HMS/risks/appendix-5.csv",
        "/risks/corporate/",
        "/risks/corporate.csv",
        "/risks/corporate/scale/",
        "/risks/corporate/appendix-5/",
        f"/risks/{risk.pk}/",
    ]
    writes = [
        "/projects/HMS/risks/new/",
        "/projects/HMS/risks/review/",
        "/projects/HMS/risks/review/?only=R1",
        "/projects/HMS/risks/to-edit.xlsx",
        "/projects/HMS/risks/to-edit.csv",
        "/projects/HMS/risks/import/",
        f"/risks/{risk.pk}/edit/",
        f"/risks/{risk.pk}/close/",
        f"/risks/{risk.pk}/open/",
        f"/risks/{risk.pk}/escalate/",
        f"/risks/{risk.pk}/controls/new/",
        f"/risks/{risk.pk}/controls/{control.pk}/",
    ]
    corporate_writes = [
        "/risks/corporate/new/",
        "/risks/corporate/review/",
        "/risks/corporate/to-edit.xlsx",
        "/risks/corporate/import/",
    ]
    settings = [
        "/risks/registers/",
        f"/risks/registers/{risk.register_id}/",
        f"/risks/registers/{risk.register_id}/scale/",
    ]
    return reads, writes, corporate_writes, settings


def statuses(browser, addresses):
    return {address: browser.get(address).status_code for address in addresses}


@pytest.mark.parametrize(
    ("who", "reads", "writes", "corporate", "settings"),
    [
        ("finance_officer", 200, 200, 200, 403),
        ("project_manager", 200, 200, 403, 403),
        ("board_member", 200, 403, 403, 403),
        ("auditor", 200, 403, 403, 403),
        ("report_author", 200, 403, 403, 403),
        ("administrator", 200, 403, 403, 200),
        ("stranger", 403, 403, 403, 403),
    ],
)
def test_who_may_open_what(request, signed_in, register, who, reads, writes, corporate, settings):
    browser = signed_in(request.getfixturevalue(who))
    for addresses, expected in zip(
        pages(register), (reads, writes, corporate, settings), strict=True
    ):
        assert statuses(browser, addresses) == dict.fromkeys(addresses, expected)


def test_people_of_other_projects_find_nothing(signed_in, other_board_member, register):
    browser = signed_in(other_board_member)
    for address in pages(register)[0]:
        response = browser.get(address)
        if address.startswith(("/projects/", f"/risks/{register.pk}")):
            assert response.status_code == 404, address
        else:
            body = b"".join(response) if response.streaming else response.content
            assert b"The data is not ready" not in body
            assert b"Corporate matter" not in body


def test_an_empty_register_says_what_to_do(signed_in, project_manager, project):
    browser = signed_in(project_manager)
    page = browser.get("/projects/HMS/risks/").content.decode()
    assert "There are no open risks here" in page
    assert "Add a risk" in page
    assert "Heat map" not in page
    assert "opens with its first risk" in browser.get("/projects/HMS/risks/scale/").content.decode()
    paper = browser.get("/projects/HMS/risks/appendix-5/").content.decode()
    assert "No risk was open in this register" in paper
    assert browser.get("/projects/HMS/risks/review/").status_code == 302


@pytest.mark.parametrize(
    "address",
    [
        "/risks/?page=-3&per_page=9999&sort=evil&band=x&kind=y&register=zz&attention=q&state=w&after=~~",
        "/risks/?register=999999999999999999999999",
        "/risks/?q=%27%22%25",
        "/projects/HMS/risks/?sort=-__class__&q=" + "x" * 500,
        "/projects/HMS/risks/appendix-5/?as_at=2026-99-99&audience=evil",
        "/projects/HMS/risks/appendix-5/?as_at=0001-01-01",
        "/projects/HMS/risks/review/?only=%27",
        "/projects/HMS/risks/review/?only=R999",
    ],
)
def test_no_parameter_breaks_a_page(signed_in, finance_officer, register, address):
    assert signed_in(finance_officer).get(address).status_code in (200, 302)


@pytest.mark.parametrize(
    "address",
    [
        "/risks/999999999999/",
        "/risks/99999999999999999999999999/",
        "/projects/NONE/risks/",
        "/projects/HMS/risks/appendix-5.exe",
        "/projects/HMS/risks/to-edit.exe",
        "/projects/HMS/risks/import/7/",
        "/risks.exe",
    ],
)
def test_what_is_not_there_is_not_found(signed_in, finance_officer, register, address):
    assert signed_in(finance_officer).get(address).status_code == 404


def test_a_file_waits_for_those_who_write_its_register_alone(
    signed_in, finance_officer, project_manager, project, other_project
):
    open_register(other_project)
    upload = RegisterUpload.objects.create(
        project=other_project, file_name="r.csv", sheets=[], uploaded_by=keeper()
    )
    for register in ("HMS", "POOL"):
        address = f"/projects/{register}/risks/import/{upload.pk}/"
        assert signed_in(project_manager).get(address).status_code == 404
    assert signed_in(keeper()).get(address).status_code == 200


def test_lists_take_the_same_number_of_queries_however_long(
    signed_in, finance_officer, project, register
):
    browser = signed_in(finance_officer)

    def count(address):
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(address).status_code == 200
        return len(queries)

    addresses = (
        "/risks/",
        "/projects/HMS/risks/",
        "/projects/HMS/risks/review/",
        "/projects/HMS/risks/appendix-5/",
        "/projects/HMS/risks/to-edit.csv",
    )
    count("/risks/")  # the first page of a session reads more
    before = {address: count(address) for address in addresses}
    for number in range(12):
        risk = make_risk(project, f"More {number}", reviews=[(DAY, 2, 2), (DAY, 3, 3)])
        make_control(risk, due_on=DAY)
        make_control(risk)
    assert {address: count(address) for address in addresses} == before
    assert max(before.values()) <= 20
