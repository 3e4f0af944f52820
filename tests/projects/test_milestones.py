"""Milestones: entered, re-forecast, reached and re-baselined in the browser, and told as at any day."""

from __future__ import annotations

import datetime as dt
import uuid

from council_hms.models import User
from projects.models import Milestone, MilestoneDate, Project
from tests.projects.delivery_factories import make_milestone


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def as_at(project: Project, text: str) -> Milestone:
    return Milestone.objects.of(project).with_dates(day(text)).get()


def test_the_story_of_go_live_reads_as_at_each_day(project: Project) -> None:
    milestone = make_milestone(project, "Go-live", baseline=(day("2018-05-31"), day("2016-02-29")))
    milestone.dates.create(kind="forecast", date=day("2020-02-29"), stated_on=day("2018-04-10"))
    milestone.dates.create(kind="forecast", date=day("2021-05-31"), stated_on=day("2020-01-10"))
    milestone.dates.create(
        kind="baseline", date=day("2020-02-29"), stated_on=day("2018-06-01"), reason="Board"
    )
    milestone.dates.create(kind="actual", date=day("2021-05-31"), stated_on=day("2021-06-02"))
    seen = {
        text: (row.baseline, row.forecast, row.actual, row.slippage(day(text)).months)
        for text in (
            "2016-01-01",
            "2018-05-01",
            "2018-07-01",
            "2020-02-01",
            "2021-06-01",
            "2021-06-02",
        )
        for row in [as_at(project, text)]
    }
    first, second = day("2018-05-31"), day("2020-02-29")
    assert seen == {
        "2016-01-01": (None, None, None, None),
        "2018-05-01": (first, second, None, 21),
        "2018-07-01": (second, second, None, 0),
        "2020-02-01": (second, day("2021-05-31"), None, 15),
        "2021-06-01": (
            second,
            day("2021-05-31"),
            None,
            16,
        ),  # past the forecast, and nothing said yet
        "2021-06-02": (second, day("2021-05-31"), day("2021-05-31"), 15),
    }
    assert as_at(project, "2021-06-02").first_baseline == first


def test_milestones_with_their_dates_are_one_query(
    project: Project, django_assert_num_queries
) -> None:
    for _ in range(5):
        make_milestone(project, baseline=day("2023-01-31"), forecast=day("2023-02-28"))
    with django_assert_num_queries(1):
        assert [
            row.slippage(day("2023-01-01")).months
            for row in Milestone.objects.with_dates(day("2023-01-01"))
        ] == [1] * 5


def test_a_manager_adds_a_milestone_and_the_page_draws_it(
    project: Project, project_manager: User, signed_in
) -> None:
    session = signed_in(project_manager)
    response = session.post(
        "/projects/HMS/milestones/new/",
        {
            "name": "Go-live",
            "baseline": "31/05/2018",
            "forecast": "31 May 2021",
            "precision": "month",
            "note": "",
        },
    )
    assert response.status_code == 302
    content = session.get("/projects/HMS/milestones/").content.decode()
    assert "May 2018" in content
    assert "<svg" in content
    assert "The figures of this chart as a table" in content


def test_what_was_typed_is_kept_and_said_to_be_wrong(
    project: Project, project_manager: User, signed_in
) -> None:
    make_milestone(project, "Go-live")
    content = (
        signed_in(project_manager)
        .post(
            "/projects/HMS/milestones/new/",
            {"name": "Go-live", "baseline": "31/02/2018", "precision": "day"},
        )
        .content.decode()
    )
    assert "Enter a real date" in content
    assert "already has a milestone of that name" in content
    assert 'value="31/02/2018"' in content


def test_a_date_is_stated_once_and_the_old_ones_stay(
    project: Project, project_manager: User, signed_in
) -> None:
    milestone = make_milestone(project, "Go-live", baseline=day("2018-05-31"))
    session = signed_in(project_manager)
    address = f"/projects/HMS/milestones/{milestone.pk}/"
    form = {
        "kind": "forecast",
        "date": "2020-02-29",
        "precision": "day",
        "stated_on": "2018-04-10",
        "reason": "Data not ready",
        "once": str(uuid.uuid4()),
    }
    session.post(address, form)
    session.post(address, form)  # a double click
    assert milestone.dates.count() == 2
    content = session.get(f"{address}?as_at=2018-05-01").content.decode()
    assert "Data not ready" in content
    assert "21 months late" in content
    assert MilestoneDate.objects.get(kind="forecast").entered_by == project_manager


def test_a_new_baseline_needs_its_reason_and_an_actual_lies_in_the_past(
    project: Project, project_manager: User, signed_in
) -> None:
    milestone = make_milestone(project, baseline=day("2018-05-31"))
    session = signed_in(project_manager)
    address = f"/projects/HMS/milestones/{milestone.pk}/"
    form = {
        "kind": "baseline",
        "date": "2020-02-29",
        "precision": "day",
        "stated_on": "2018-06-01",
        "reason": "",
    }
    assert "Say why the baseline changes" in session.post(address, form).content.decode()
    form |= {"kind": "actual", "reason": ""}
    assert (
        "cannot have been reached after the day this is stated"
        in session.post(address, form).content.decode()
    )
    assert milestone.dates.count() == 1


def test_a_milestone_no_longer_needed_stays_on_record(
    project: Project, project_manager: User, signed_in
) -> None:
    milestone = make_milestone(project, "Second hall", baseline=day("2018-05-31"))
    session = signed_in(project_manager)
    address = f"/projects/HMS/milestones/{milestone.pk}/withdraw/"
    assert "Say why" in session.post(address, {"withdrawn_on": "2018-01-01"}).content.decode()
    session.post(address, {"withdrawn_on": "2018-01-01", "withdrawn_reason": "Hall sold"})
    content = session.get("/projects/HMS/milestones/").content.decode()
    assert "No longer needed" in content
    assert "Hall sold" in content
    assert (
        session.get("/projects/HMS/milestones/?as_at=2017-12-31")
        .content.decode()
        .count("Second hall")
        >= 2
    )


def test_a_strange_day_in_the_address_is_today(project: Project, auditor: User, signed_in) -> None:
    for text in ("", "yesterday", "2023-02-30", "0000-00-00", "99999-01-01"):
        assert signed_in(auditor).get(f"/projects/HMS/milestones/?as_at={text}").status_code == 200
