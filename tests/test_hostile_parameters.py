"""No address and no form is broken by what is sent to it: no 5xx, nothing stored altered by looking.

Every page of the example council is opened with every parameter it knows set to the same hostile
text, and every form is sent with every field set to it. Each page meets a few of the texts in turn,
so that together they meet all; ``COUNCIL_HMS_HOSTILE=40`` sends forty to each.
"""

from __future__ import annotations

import logging
import os
import re
import time
from collections import Counter
from io import StringIO
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client

from council_hms.access import Role, guard_of
from tests.factories import make_user
from tests.test_every_page_is_guarded import address_of, patterns

pytestmark = pytest.mark.django_db
HOSTILE = [
    "' OR 1=1 --",
    "-1",
    "0",
    "100000000000000000000",
    "1e400000",
    "NaN",
    "-Infinity",
    "9" * 400,
    "<script>alert(1)</script>",
    "{{ 7*7 }}{% debug %}",
    "../../../../etc/passwd",
    "__class__",
    "project__created_by__password",
    "-project__budget_changes__lines__amount",
    "=1+1",
    "٣٤٥",
    "²",
    "𝟙𝟚",
    "\u202eabc\u2066",
    "a" * 5000,
    "%",
    "_%\\",
    "\\x00",
    "\x1f\x7f",
    "2023-02-30",
    "0001-01-01",
    "9999-12-31",
    "2023-24-25",
    "£££",
    "(((6.8)))",
    "true",
    "null",
    "[]",
    '{"a": 1}',
    "👩‍👩‍👧‍👦" * 20,
    "\r\nSet-Cookie: a=b",
    "~" * 50,
    "1~1~1",
    "2026-01-01~999999999999999999999999",
    "xlsx",
]
#: Parameters that lists and pages read besides those of their own filters and forms.
ALWAYS = ("q", "sort", "page", "per_page", "after", "as_at", "known_on", "year", "years", "row")
ALSO = ("nature", "unit", "negative", "first_year", "audience", "outcome", "body", "format")
SECONDS = 2.0
EACH = min(int(os.environ.get("COUNCIL_HMS_HOSTILE", "2")), len(HOSTILE))


@pytest.fixture
def sessions() -> Any:
    """The example council, and one person who holds every role and so reaches every page."""
    call_command("load_example", stdout=StringIO())
    logging.disable(logging.CRITICAL)
    everyone = Client(raise_request_exception=False)
    everyone.force_login(make_user(*Role, name="finance_officer"))  # whose checks the rows show
    stranger = Client(raise_request_exception=False)
    yield everyone, stranger
    logging.disable(logging.NOTSET)


def texts_for(place: int) -> list[str]:
    return [HOSTILE[(place * EACH + number) % len(HOSTILE)] for number in range(EACH)]


def fields_of(page: str) -> set[str]:
    """The names of everything that the forms of a page send."""
    return set(re.findall(r'<(?:input|select|textarea|button)[^>]*\sname="([^"]+)"', page))


def sent(send: Any, *words: Any) -> tuple[int, float, str]:
    """Status, seconds and text of an answer; what it did to the database is undone."""
    started = time.process_time()
    with transaction.atomic():
        answer = send(*words)
        transaction.set_rollback(True)
    content = b"" if answer.streaming else answer.content
    return answer.status_code, time.process_time() - started, content.decode(errors="replace")


def written() -> Counter[str]:
    """The acts that the history holds: looking, and sending what is undone, add none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT metadata::text FROM pghistory_context")
        return Counter(metadata for (metadata,) in cursor.fetchall())


@pytest.mark.slow
def test_no_parameter_and_no_field_breaks_a_page(sessions: tuple[Client, Client]) -> None:
    everyone, stranger = sessions
    pages = [(entry, address_of(entry)) for _, entry in patterns()]  # may make the rows they show
    faults, before = [], written()
    for place, (entry, address) in enumerate(pages):
        session = stranger if guard_of(entry.callback) == "public" else everyone
        path = address.partition("?")[0]
        status, _, page = sent(session.get, address)
        names = fields_of(page) if status == 200 else set()
        for text in texts_for(place):
            asked = dict.fromkeys([*ALWAYS, *ALSO, *names], text)
            looked = sent(session.get, f"{path}?{urlencode(asked)}")
            typed = sent(session.post, path, dict.fromkeys([*ALWAYS, *names], text))
            for what, (answer, seconds, _) in (("looking", looked), ("sending", typed)):
                if answer >= 500 or seconds > SECONDS:
                    faults.append(f"{entry.name} {what} {text[:40]!r}: {answer} in {seconds:.1f} s")
    assert not faults, "\n".join(faults)
    assert written() - before == Counter()


QUERIES = [
    "page=\x00",
    "q=%00",
    "q=%ED%A0%80",
    "sort=%FF",
    "=",
    "&&&",
    "q[]=1",
    "q=1&q=2&q=3",
    "a" * 4000,
]


def test_what_cannot_be_stored_is_refused_or_passed_over(sessions: Any) -> None:
    everyone, _ = sessions
    for address in ("/approvals/", "/spend/", "/history/", "/projects/", "/projects/HMS/funding/"):
        for query in QUERIES:
            assert sent(everyone.get, f"{address}?{query}")[0] in (200, 400), (address, query)


def test_forged_grids_and_form_sets_are_refused_in_words(sessions: Any) -> None:
    everyone, _ = sessions
    forged = [
        {"rows": "99999", "columns": "2026"},
        {"rows": "-1", "columns": "2026"},
        {"rows": "1", "columns": "0,-5,99999,x,2026,2026"},
        {"rows": "1", "columns": ",".join(str(year) for year in range(1900, 2200))},
        {
            "rows": "1",
            "columns": "2026",
            "nature-1": "gold",
            "source-1": "999999",
            "cell-1-2026": "1",
        },
        {"rows": "1", "columns": "2026", "source-1": "x", "project-1": "-1", "cell-1-2026": "1e9"},
        {"form-TOTAL_FORMS": "9999999", "form-INITIAL_FORMS": "-1", "form-MAX_NUM_FORMS": "x"},
        {"once": "no-uuid", "version": "-1"},
        {"once": "00000000-0000-0000-0000-000000000000", "version": "9" * 30},
    ]
    for address in (
        "/projects/HMS/changes/new/",
        "/projects/HMS/plan/edit/",
        "/approvals/HMS-01/decide/",
        "/projects/HMS/work-packages/",
    ):
        for fields in forged:
            typed = {"kind": "increase", "title": "x", "dated": "2026-01-01", **fields}
            assert sent(everyone.post, address, typed)[0] < 500, (address, fields)
