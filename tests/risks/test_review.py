"""The review of a register on one screen: what is left has not moved, nobody's review is written over."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from risks import services
from risks.matrix import Point
from risks.models import Assessment, Register
from risks.services import ReviewDraft, Scores
from tests.risks.risk_factories import make_control, make_exempt, make_risk, review

DAY = dt.date(2026, 2, 2)
ADDRESS = "/projects/HMS/risks/review/"


@pytest.fixture
def risks(project):
    return [
        make_risk(project, "The data is not ready", reviews=[(DAY, 4, 3)]),
        make_risk(project, "The contract ends too soon", reviews=[(DAY, 3, 3)]),
    ]


def typed(*rows, day=None, **more):
    """What a browser sends: for each (risk, impact, probability) its fields."""
    sent = {"once": str(uuid.uuid4()), "reviewed_on": (day or timezone.localdate()).isoformat()}
    for risk, impact, probability in rows:
        sent |= {
            f"risk-{risk.pk}-seen": risk.assessments.count(),
            f"risk-{risk.pk}-current_impact": impact,
            f"risk-{risk.pk}-current_probability": probability,
            f"risk-{risk.pk}-comment": "",
        }
    return sent | more


def scores(risk):
    return [(each.current_impact, each.current_probability) for each in risk.assessments.all()]


def test_the_last_scores_stand_ready_with_what_is_late(signed_in, project_manager, risks):
    make_control(risks[0], "Rehearse the migration", due_on=DAY)
    page = signed_in(project_manager).get(ADDRESS).content.decode()
    assert '<option value="4" selected>4 Major</option>' in page
    assert "12 Medium" in page
    assert "1 control overdue" in page
    assert "Rehearse the migration" in page


def test_what_is_left_as_it_is_counts_as_reviewed_and_not_moved(signed_in, project_manager, risks):
    browser = signed_in(project_manager)
    moved, left = risks
    response = browser.post(
        ADDRESS,
        typed((moved, 4, 5), (left, 3, 3), **{f"risk-{moved.pk}-comment": "Trial failed"}),
        follow=True,
    )
    assert "2 risks reviewed." in response.content.decode()
    assert scores(moved) == [(4, 3), (4, 5)]
    assert scores(left) == [(3, 3), (3, 3)]
    last = moved.assessments.last()
    assert (last.comment, last.reviewed_by, last.number) == ("Trial failed", project_manager, 2)
    page = browser.get("/projects/HMS/risks/").content.decode()
    assert "Risen" in page
    assert "Unmoved" in page


def test_a_risk_that_was_not_looked_at_is_left_out(signed_in, project_manager, risks):
    moved, left = risks
    sent = typed((moved, 4, 4), (left, "", ""), **{f"risk-{left.pk}-left_out": "on"})
    response = signed_in(project_manager).post(ADDRESS, sent, follow=True)
    assert "1 risk reviewed. 1 left out." in response.content.decode()
    assert scores(left) == [(3, 3)]


def test_half_a_score_is_refused_named_and_kept(signed_in, project_manager, risks):
    moved, other = risks
    sent = typed(
        (moved, "", 3), (other, 3, 3), **{f"risk-{moved.pk}-comment": "Kept as I typed it"}
    )
    sent[f"risk-{other.pk}-target_impact"] = 2
    response = signed_in(project_manager).post(ADDRESS, sent)
    page = response.content.decode()
    assert response.status_code == 422
    assert "R1: choose the current impact" in page
    assert "choose the target probability too, or neither" in page
    assert "Kept as I typed it" in page
    assert Assessment.objects.count() == 2


@pytest.mark.parametrize("impact", ["6", "0", "-1", "x", "999999999999999999999"])
def test_a_score_that_is_not_on_the_scale_is_refused(signed_in, project_manager, risks, impact):
    response = signed_in(project_manager).post(ADDRESS, typed((risks[0], impact, 3)))
    assert response.status_code == 422
    assert "choose the current impact from the list" in response.content.decode()


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (dt.date(2099, 1, 1), "not one to come"),
        (DAY - dt.timedelta(days=1), "R1 was reviewed on 2 February 2026"),
    ],
)
def test_a_review_lies_between_the_last_one_and_today(
    signed_in, project_manager, risks, day, sentence
):
    response = signed_in(project_manager).post(ADDRESS, typed((risks[0], 4, 4), day=day))
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert Assessment.objects.count() == 2


def test_someone_elses_review_is_shown_beside_mine_and_not_written_over(
    signed_in, project_manager, risks
):
    browser = signed_in(project_manager)
    mine = typed((risks[0], 4, 5), (risks[1], 2, 2))
    review(risks[0], dt.date(2026, 3, 2), 4, 1, comment="All reconciled")
    response = browser.post(ADDRESS, mine)
    page = response.content.decode()
    assert response.status_code == 409
    assert "All reconciled" in page
    assert "4 Low" in page
    assert scores(risks[1]) == [(3, 3)]  # nothing of the review is written
    # sent again, mine is written after theirs
    again = mine | {f"risk-{risks[0].pk}-seen": 2, "once": str(uuid.uuid4())}
    browser.post(ADDRESS, again)
    assert scores(risks[0]) == [(4, 3), (4, 1), (4, 5)]


def test_a_double_click_makes_one_review(signed_in, project_manager, risks):
    browser = signed_in(project_manager)
    sent = typed((risks[0], 4, 4), (risks[1], 3, 3))
    browser.post(ADDRESS, sent)
    response = browser.post(ADDRESS, sent, follow=True)
    assert Assessment.objects.count() == 4
    assert "nothing was done twice" in response.content.decode()


def test_one_risk_can_be_reviewed_alone(signed_in, project_manager, risks):
    browser = signed_in(project_manager)
    page = browser.get(ADDRESS + "?only=R2").content.decode()
    assert "The contract ends too soon" in page
    assert "The data is not ready" not in page
    browser.post(ADDRESS + "?only=R2", typed((risks[1], 1, 1)))
    assert scores(risks[1])[-1] == (1, 1)


def test_a_risk_closed_meanwhile_is_not_reviewed(signed_in, project_manager, risks):
    sent = typed((risks[0], 4, 4), (risks[1], 3, 3))
    risks[0].closed_on, risks[0].closed_reason = DAY, "Gone"
    risks[0].save()
    signed_in(project_manager).post(ADDRESS, sent)
    assert scores(risks[0]) == [(4, 3)]


def test_a_board_member_reads_and_does_not_review(signed_in, board_member, risks):
    response = signed_in(board_member).post(ADDRESS, typed((risks[0], 4, 4)))
    assert response.status_code == 403
    assert Assessment.objects.count() == 2


def test_a_new_scale_leaves_old_scores_their_meaning(
    signed_in, project_manager, administrator, project, risks
):
    register = Register.objects.get(project=project)
    since = dt.date(2026, 3, 1)
    services.set_scale(
        register=register,
        by=administrator,
        since=since,
        values={
            "impact_words": ["Low", "Some", "Serious", "Critical"],
            "probability_words": ["Remote", "Possible", "Likely", "Near certain"],
            "band_words": ["Fine", "Watch", "Act"],
            "amber_from": 4,
            "red_from": 9,
            "appetite": 6,
            "source": "Strategy 2026",
        },
    )
    browser = signed_in(project_manager)
    page = browser.get("/projects/HMS/risks/").content.decode()
    assert "Not shown, since scored on an earlier scale: R1, R2" in page
    assert ">Medium<" in page  # 12 is still what it was
    services.review_risks(
        register=register,
        by=project_manager,
        drafts=[ReviewDraft(risks[0].pk, 1, Scores(Point(4, 3)))],
        reviewed_on=since,
        today=since,
    )
    page = browser.get("/projects/HMS/risks/").content.decode()
    assert ">Act<" in page  # the same 12 on the new scale
    assert "Scale changed" in page
    assert "12 Medium" in browser.get(f"/risks/{risks[0].pk}/").content.decode()


def test_a_scale_never_starts_before_the_last_one(administrator, project, risks):
    register = Register.objects.get(project=project)
    values = {
        name: getattr(register.scales.first(), name)
        for name in ("impact_words", "probability_words", "band_words", "amber_from", "red_from")
    } | {"appetite": 8, "source": ""}
    services.set_scale(register=register, by=administrator, since=DAY, values=values)
    with pytest.raises(services.RiskError, match="enter a later day"):
        services.set_scale(register=register, by=administrator, since=DAY, values=values)


def test_the_reviewer_without_the_right_reviews_what_they_see(
    signed_in, administrator, project_manager, risks
):
    make_exempt(risks[1])
    page = signed_in(administrator).get("/projects/HMS/risks/").content.decode()
    assert "The contract ends too soon" not in page
    assert "1 risk of this register is exempt and withheld from you" in page
    assert "The contract ends too soon" in signed_in(project_manager).get(ADDRESS).content.decode()
