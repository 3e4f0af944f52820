"""Risks one by one: raised, changed, closed, escalated, controlled; and an exempt one, seen by those with the right."""

from __future__ import annotations

import datetime as dt
import io
import uuid
import zipfile

import pytest
from django.utils import timezone

from risks.models import Control, Register, Risk
from tests.risks.risk_factories import (
    make_control,
    make_exempt,
    make_risk,
    open_register,
    review,
)

DAY = dt.date(2026, 2, 2)
SECRET = "Zeppelin clause 47,113"


def typed(**fields):
    return {
        "once": str(uuid.uuid4()),
        "title": "The data is not ready",
        "kind": "threat",
        "raised_on": "2026-02-02",
        "reference": "",
    } | fields


@pytest.fixture
def risk(project):
    return make_risk(project, "The data is not ready", reviews=[(DAY, 4, 3)], owner="Data Lead")


# -- raising and changing ----------------------------------------------------------------------


def test_a_first_risk_opens_the_register_and_gets_the_next_number(
    signed_in, project_manager, project
):
    browser = signed_in(project_manager)
    sent = typed(
        **{
            "scores-current_impact": 4,
            "scores-current_probability": 3,
            "scores-target_impact": 4,
            "scores-target_probability": 1,
            "scores-comment": "First look",
        }
    )
    assert browser.post("/projects/HMS/risks/new/", sent).status_code == 302
    risk = Risk.objects.get()
    assert (risk.reference, risk.register.project) == ("R1", project)
    assert risk.assessments.get().target_probability == 1
    browser.post("/projects/HMS/risks/new/", typed(title="Another"))
    assert Risk.objects.get(title="Another").reference == "R2"
    # the same form sent twice makes one risk
    browser.post("/projects/HMS/risks/new/", sent)
    assert Risk.objects.count() == 2


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"title": ""}, "Enter the risk in a few words"),
        ({"raised_on": "31/2/2026"}, "Enter a real date"),
        ({"raised_on": "0001-01-01"}, "Enter a date between 1990 and 2099"),
        ({"scores-current_impact": 4}, "Choose the current probability"),
        ({"scores-gross_impact": 4, "scores-gross_probability": 4}, "Choose the current impact"),
        ({"scores-comment": "x" * 4001}, "at most 4000"),
        ({"exempt": "on"}, "Choose the paragraph of Schedule 12A"),
        ({"exempt_paragraphs": ["3"]}, "Mark it as exempt"),
        ({"reference": "R1"}, "Another risk of this register has"),
    ],
)
def test_bad_input_says_what_to_do_and_keeps_what_was_typed(
    signed_in, project_manager, risk, fields, sentence
):
    response = signed_in(project_manager).post(
        "/projects/HMS/risks/new/", typed(description="Kept as typed", **fields)
    )
    page = response.content.decode()
    assert sentence in page
    assert "Kept as typed" in page
    assert Risk.objects.count() == 1


def test_a_change_by_someone_else_is_shown_beside_mine(signed_in, project_manager, risk):
    browser = signed_in(project_manager)
    address = f"/risks/{risk.pk}/edit/"
    sent = typed(reference="R1", owner="Mine", version=1, reason="New owner")
    Risk.objects.filter(pk=risk.pk).update(owner="Theirs", version=2)
    page = browser.post(address, sent).content.decode()
    assert "Theirs" in page
    assert "Mine" in page
    assert Risk.objects.get(pk=risk.pk).owner == "Theirs"
    browser.post(address, sent | {"version": 2})
    assert Risk.objects.get(pk=risk.pk).owner == "Mine"


def test_an_unchanged_risk_is_not_written(signed_in, project_manager, risk):
    signed_in(project_manager).post(
        f"/risks/{risk.pk}/edit/",
        typed(reference="R1", owner="Data Lead", version=1, raised_on=risk.raised_on.isoformat()),
    )
    assert Risk.objects.get(pk=risk.pk).version == 1


# -- closing -----------------------------------------------------------------------------------


def test_a_closed_risk_stays_in_the_register_and_can_be_opened_again(
    signed_in, project_manager, risk
):
    browser = signed_in(project_manager)
    close = {"version": 1, "closed_on": "2026-03-02", "closed_reason": ""}
    assert (
        "Say why the risk is closed"
        in browser.post(f"/risks/{risk.pk}/close/", close).content.decode()
    )
    too_soon = close | {"closed_on": "2025-01-01", "closed_reason": "Done"}
    assert (
        "Enter a day from the one it was raised on"
        in browser.post(f"/risks/{risk.pk}/close/", too_soon).content.decode()
    )
    browser.post(f"/risks/{risk.pk}/close/", close | {"closed_reason": "It cannot happen"})
    assert "The data is not ready" not in browser.get("/projects/HMS/risks/").content.decode()
    assert (
        "The data is not ready" in browser.get("/projects/HMS/risks/?state=closed").content.decode()
    )
    assert "It cannot happen" in browser.get(f"/risks/{risk.pk}/").content.decode()
    browser.post(f"/risks/{risk.pk}/open/", {"version": 2, "reason": "It can"})
    assert Risk.objects.get(pk=risk.pk).closed_on is None


# -- controls ----------------------------------------------------------------------------------


def test_a_control_is_entered_settled_and_kept_apart_from_others_work(
    signed_in, project_manager, risk
):
    browser = signed_in(project_manager)
    sent = {
        "once": str(uuid.uuid4()),
        "what": "Rehearse the migration",
        "owner": "Data Lead",
        "due_on": "2026-03-02",
        "status": "planned",
    }
    browser.post(f"/risks/{risk.pk}/controls/new/", sent)
    control = Control.objects.get()
    page = browser.get(f"/risks/{risk.pk}/").content.decode()
    assert "Overdue" in page
    address = f"/risks/{risk.pk}/controls/{control.pk}/"
    in_place = sent | {"status": "in_place", "version": 1}
    assert (
        "Enter the day on which it was in place" in browser.post(address, in_place).content.decode()
    )
    browser.post(address, in_place | {"settled_on": "2026-03-20"})
    assert "Overdue" not in browser.get(f"/risks/{risk.pk}/").content.decode()
    # someone with the old page does not write over it
    stale = browser.post(address, sent | {"version": 1})
    assert "Someone else" in stale.content.decode()


def test_a_control_of_another_risk_is_not_there(signed_in, project_manager, project, risk):
    other = make_control(make_risk(project))
    address = f"/risks/{risk.pk}/controls/{other.pk}/"
    assert signed_in(project_manager).get(address).status_code == 404


# -- escalation --------------------------------------------------------------------------------


def test_a_project_manager_escalates_to_a_register_they_do_not_write(
    signed_in, project_manager, auditor, other_board_member, risk
):
    browser = signed_in(project_manager)
    address = f"/risks/{risk.pk}/escalate/"
    sent = {
        "once": str(uuid.uuid4()),
        "owner": "Chief Finance Officer",
        "reason": "The board cannot settle it",
        "impact": 5,
        "probability": 3,
    }
    assert "4 Major" in browser.get(address).content.decode()
    assert browser.post(address, sent).status_code == 302
    corporate = Risk.objects.get(escalated_from=risk)
    assert corporate.reference == "C1"
    assert corporate.register == Register.objects.get(project=None)
    assert corporate.assessments.get().now.score == 15
    # each leads to the other; those of the project see it, others do not, all-seeing people do
    assert f"/risks/{corporate.pk}/" in browser.get(f"/risks/{risk.pk}/").content.decode()
    page = browser.get(f"/risks/{corporate.pk}/").content.decode()
    assert "HMS R1" in page
    assert "Review this risk" not in page
    assert browser.get(f"/risks/{corporate.pk}/edit/").status_code == 403
    assert signed_in(other_board_member).get(f"/risks/{corporate.pk}/").status_code == 404
    assert signed_in(auditor).get(f"/risks/{corporate.pk}/").status_code == 200
    again = browser.post(address, sent | {"once": str(uuid.uuid4())}).content.decode()
    assert "has been escalated already" in again


def test_an_exempt_risk_is_exempt_in_the_corporate_register_too(
    signed_in, project_manager, administrator, risk
):
    make_exempt(risk)
    signed_in(project_manager).post(
        f"/risks/{risk.pk}/escalate/",
        {"owner": "CFO", "reason": SECRET, "impact": 4, "probability": 4},
    )
    corporate = Risk.objects.get(escalated_from=risk)
    assert (corporate.exempt, corporate.exempt_paragraphs) == (True, [3])
    assert signed_in(administrator).get(f"/risks/{corporate.pk}/").status_code == 404


# -- reading -----------------------------------------------------------------------------------


def test_a_risk_shows_its_scores_from_review_to_review_as_chart_and_table(
    signed_in, board_member, risk
):
    review(risk, dt.date(2026, 5, 4), 4, 5, target=(4, 1), comment="Trial failed")
    page = signed_in(board_member).get(f"/risks/{risk.pk}/").content.decode()
    assert "<svg" in page
    assert "20 High (impact 4 Major, probability 5 Almost certain)" in page
    assert "Risen" in page
    assert "(was 12)" in page
    assert "Trial failed" in page
    assert "Review this risk" not in page


# -- exempt ------------------------------------------------------------------------------------


@pytest.fixture
def secret(project):
    """An exempt risk with the canary in each of its texts, beside one that all may read."""
    risk = make_exempt(
        make_risk(
            project,
            SECRET,
            description=SECRET,
            cause=SECRET,
            consequence=SECRET,
            owner=SECRET,
            exempt_reason=SECRET,
        )
    )
    review(risk, DAY, 5, 5, comment=SECRET)
    make_control(risk, SECRET, owner=SECRET, progress=SECRET, due_on=DAY)
    make_risk(project, "Open to all", reviews=[(DAY, 2, 2)])
    return risk


def words_of(response):
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            content = b"".join(package.read(name) for name in package.namelist())
    return content.decode("utf-8", "ignore")


@pytest.mark.parametrize(
    "address",
    [
        "/risks/",
        "/risks/?q=Zeppelin",
        "/risks.csv",
        "/risks.xlsx",
        "/projects/HMS/risks/",
        "/projects/HMS/risks.xlsx",
        "/projects/HMS/risks/appendix-5/",
        "/projects/HMS/risks/appendix-5.xlsx",
        "/projects/HMS/risks/appendix-5.csv",
        "/projects/HMS/risks/appendix-5.json",
        "/projects/HMS/risks/appendix-5.docx",
    ],
)
def test_an_exempt_risk_reaches_nobody_without_the_right(signed_in, administrator, secret, address):
    response = signed_in(administrator).get(address)
    assert response.status_code == 200
    assert "clause 47,113" not in words_of(response)
    assert "25 High: R1" not in words_of(response)


def test_the_page_of_an_exempt_risk_is_not_there_without_the_right(
    signed_in, administrator, auditor, secret
):
    assert signed_in(administrator).get(f"/risks/{secret.pk}/").status_code == 404
    assert SECRET in signed_in(auditor).get(f"/risks/{secret.pk}/").content.decode()
    assert (
        signed_in(administrator).get("/projects/HMS/risks/appendix-5/?audience=exempt").status_code
        == 403
    )


def test_papers_are_public_unless_the_exempt_version_is_asked_for(signed_in, auditor, secret):
    browser = signed_in(auditor)
    public = browser.get("/projects/HMS/risks/appendix-5/").content.decode()
    assert SECRET not in public
    assert "1 risk is exempt from publication and left out" in public
    exempt = browser.get("/projects/HMS/risks/appendix-5.docx?audience=exempt")
    assert "Zeppelin" in words_of(exempt)
    assert "Exempt: not for publication" in words_of(exempt)


def test_the_paper_is_as_at_a_day(signed_in, auditor, project):
    risk = make_risk(project, "Later one", raised_on=DAY, reviews=[(DAY, 4, 4)])
    review(risk, dt.date(2026, 5, 4), 1, 1)
    browser = signed_in(auditor)
    address = "/projects/HMS/risks/appendix-5/?as_at="
    assert "Later one" not in browser.get(f"{address}2026-02-01").content.decode()
    assert "16 High: R1" in browser.get(f"{address}2026-04-30").content.decode()
    assert "1 Low: R1" in browser.get(f"{address}{timezone.localdate()}").content.decode()


def test_the_paper_is_a_pdf_and_a_word_file_too(signed_in, auditor, risk):
    browser = signed_in(auditor)
    pdf = browser.get("/projects/HMS/risks/appendix-5.pdf")
    assert pdf.content.startswith(b"%PDF")
    assert "hms-risk-register" in pdf["Content-Disposition"]
    word = words_of(browser.get("/projects/HMS/risks/appendix-5.docx"))
    assert "Appendix 5: Risk register" in word
    assert "12 Medium: R1" in word


# -- settings ----------------------------------------------------------------------------------


def test_the_administrator_puts_one_scale_in_force_for_every_register(
    signed_in, administrator, project, other_project
):
    one, other = open_register(project), open_register(other_project)
    sent = {
        "once": str(uuid.uuid4()),
        "impact_words": "Low\nSome\nSerious\nCritical",
        "probability_words": "Remote\nPossible\nLikely\nNear certain",
        "band_words": "Fine\nWatch\nAct",
        "amber_from": 4,
        "red_from": 9,
        "appetite": 6,
        "since": "2026-04-01",
        "everywhere": "on",
    }
    browser = signed_in(administrator)
    address = f"/risks/registers/{one.pk}/scale/"
    wrong = browser.post(address, sent | {"red_from": 3}).content.decode()
    assert "Enter a score above the one for amber (4)" in wrong
    no_number = browser.post(address, sent | {"amber_from": "four"})
    assert no_number.status_code == 200
    assert "four" in no_number.content.decode()
    assert browser.post(address, sent).status_code == 302
    assert [each.scales.count() for each in (one, other)] == [2, 2]
    page = browser.get("/projects/POOL/risks/scale/").content.decode()
    assert "4 Near certain" in page
    assert "16 Act" in page


def test_the_administrator_says_how_often_a_register_is_reviewed(signed_in, administrator, project):
    register = open_register(project)
    browser = signed_in(administrator)
    address = f"/risks/registers/{register.pk}/"
    bad = browser.post(address, {"version": 1, "review_weeks": 500, "unmoved_reviews": 2})
    assert "Enter a number of weeks from 1 to 104" in bad.content.decode()
    browser.post(address, {"version": 1, "review_weeks": 4, "unmoved_reviews": 2})
    register.refresh_from_db()
    assert (register.review_weeks, register.unmoved_reviews) == (4, 2)
