"""Two people add the same in the same moment: the second is told in words and keeps the typing."""

from __future__ import annotations

import re
import threading
import time
from html import unescape

import pytest
from django.db import connection, connections, transaction
from django.test import Client

from budgets import services
from budgets.models import ClosedYear, FundingSource, GoverningBody, SpendEntry
from council_hms.concurrency import ClashError
from council_hms.financial_year import FinancialYear
from lessons.models import LessonCategory
from risks.models import Control
from tests.risks.risk_factories import make_risk

pytestmark = pytest.mark.django_db(transaction=True)


class SomeoneElse(threading.Thread):
    """Sends a form while the test holds what it collides with, not yet committed."""

    def __init__(self, act) -> None:
        super().__init__()
        self.act, self.answer = act, None

    def run(self) -> None:
        try:
            self.answer = self.act()
        except Exception as error:
            self.answer = error
        finally:
            connections.close_all()

    def wait_at_the_lock(self) -> None:
        self.start()
        until = time.monotonic() + 60
        while time.monotonic() < until and self.is_alive():
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
                if cursor.fetchone()[0]:
                    return
            time.sleep(0.05)


def collide(first, second):
    """The answer to ``second``, which is checked before ``first`` is committed and stored after."""
    other = SomeoneElse(second)
    with transaction.atomic():
        first()
        other.wait_at_the_lock()
    other.join(60)
    return other.answer


@pytest.fixture
def browser_of():
    def make(person) -> Client:
        session = Client(raise_request_exception=False)
        session.force_login(person)
        return session

    return make


def test_the_same_control_at_once_is_said_on_the_form_with_what_was_typed(
    finance_officer, project, browser_of
):
    risk = make_risk(project)
    session = browser_of(finance_officer)
    typed = {"what": "Weekly call", "owner": "Head of ICT", "status": "planned"}
    answer = collide(
        lambda: Control.objects.create(
            risk=risk,
            what="Weekly call",
            owner="Chair",
            status="planned",
            created_by=finance_officer,
            added_on=risk.raised_on,
        ),
        lambda: session.post(f"/risks/{risk.pk}/controls/new/", typed),
    )
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "Someone else saved the same a moment before you" in page
    assert "Head of ICT" in page
    assert Control.objects.get().owner == "Chair"


def test_a_page_without_words_of_its_own_gives_the_typing_back(administrator, browser_of):
    session = browser_of(administrator)
    address = "/lessons/rules/categories/new/"
    typed = {"name": "Testing", "description": "Plans & data", "position": "3", "in_use": "on"}
    assert session.get(address).status_code == 200
    answer = collide(
        lambda: LessonCategory.objects.create(name="Testing", position=9),
        lambda: session.post(address, typed),
    )
    page = answer.content.decode()
    assert answer.status_code == 409, page
    assert "Someone else saved the same a moment before you" in page
    kept = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page))
    back = session.post(address, {name: unescape(value) for name, value in kept.items()})
    assert "Plans &amp; data" in back.content.decode()
    assert "Check what you typed against what is there now" in back.content.decode()
    assert LessonCategory.objects.filter(name="Testing").count() == 1


@pytest.mark.parametrize(
    ("model", "address", "more"),
    [
        (FundingSource, "/council/sources/new/", {"kind": "reserve", "position": "7"}),
        (GoverningBody, "/council/bodies/new/", {"kind": "cabinet", "position": "7"}),
    ],
)
def test_the_same_rule_of_the_council_at_once(administrator, browser_of, model, address, more):
    session = browser_of(administrator)
    answer = collide(
        lambda: model.objects.create(name="The same", kind=more["kind"], position=1),
        lambda: session.post(address, {"name": "The same", **more}),
    )
    assert answer.status_code == 200
    assert "a moment before you" in answer.content.decode()
    assert model.objects.filter(name="The same").count() == 1


def test_spend_in_a_year_that_is_closed_in_the_same_moment_is_refused_in_words(
    finance_officer, project
):
    year = FinancialYear(2021)
    ClosedYear.objects.create(year=year, closed_on="2022-05-01", closed_by=finance_officer)
    with pytest.raises(ClashError, match="2021 is closed: what stands in it"):
        with services.acting(finance_officer, "spend.record"):
            SpendEntry.objects.create(
                project=project, posted_on="2021-06-01", year=year, nature="capital", amount=1
            )
