"""Exempt matter stays with those who hold the right to it: in pages, files, file names, history, search and mail.

Every field of every exempt row of the example council holds a canary of its own. Every address, in
every format, is opened by everyone without the right, and none may show one; by those with the right,
and each must be shown somewhere. Then the twin: the same council with other exempt values must give
those without the right the same answers to the last byte, which catches totals, counts and order.
Last, leaks are planted on purpose, and every one must be caught.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

import openpyxl
import pytest
from django import shortcuts
from django.core import mail
from django.core.management import call_command
from django.db import models, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from openpyxl.comments import Comment

from council_hms import access, outputs
from council_hms.access import Permission, Role, permissions_of
from council_hms.exemption import Audience
from council_hms.models import User
from lessons import summary
from lessons.models import Lesson, LessonDetail
from lessons.querysets import LessonDetailQuerySet, LessonQuerySet
from projects.models import Project, SettlementTerm
from projects.querysets import DiscountQuerySet, SettlementTermQuerySet, VisibleQuerySet
from projects.views import contract
from tests.exempt import (
    bytes_of,
    canaries,
    exchange,
    exempt_models,
    hits,
    plant,
)
from tests.factories import make_project, make_user, sit_on_board
from tests.test_every_page_is_guarded import address_of, patterns

WITH_THE_RIGHT = [role for role in Role if Permission.SEE_EXEMPT in permissions_of([role])]
WITHOUT = [role for role in Role if role not in WITH_THE_RIGHT]

#: Makes an exempt row of a model of which the example council has none: a function each.
MAKERS: dict[str, Callable[[], object]] = {
    "lessons.LessonDetail": lambda: LessonDetail.objects.create(
        lesson=Lesson.objects.filter(project__reference="HMS")[0],
        text="x",
        exempt=True,
        exempt_paragraphs=[3],
        exempt_reason="x",
    ),
}
#: What lists the very looks of this test, and so is never the same twice.
LOG_OF_LOOKING = "/history/security"
#: A model's pages, where they are a room of their own that may not be installed.
PAGES_OF = {"reports.Paragraph": "report", "reports.Appendix": "report"}


class Council:
    """The example council with canaries planted, people of every role, and every address there is."""

    def __init__(self) -> None:
        call_command("load_example", stdout=StringIO())
        self.hms = Project.objects.get(reference="HMS")
        for model in exempt_models():
            label = model._meta.label
            if not model._default_manager.exists() and label in MAKERS:
                MAKERS[label]()
        self.old, self.new = canaries(1), canaries(2)
        plant(self.old)
        self.people: dict[str, User | None] = {"anonymous": None, "no role": make_user()}
        for role in Role:
            self.people[role] = make_user(role, name=role)
            if role in (Role.BOARD_MEMBER, Role.PROJECT_MANAGER):
                sit_on_board(self.people[role], self.hms)
        self.addresses = list(every_address())
        elsewhere = make_project("ELSEWHERE")
        for role in (Role.BOARD_MEMBER, Role.PROJECT_MANAGER):
            stranger = make_user(role)
            sit_on_board(stranger, elsewhere)
            self.people[f"{role} of another project"] = stranger

    def session(self, who: str) -> Client:
        session = Client(raise_request_exception=False)
        person = self.people[who]
        if person is not None:
            session.force_login(person)
        return session


def every_address() -> Iterator[str]:
    """Every page of the product, as found by its addresses, plain and with what is asked by query; each file format."""
    for _, entry in patterns():
        plain = address_of(entry)
        if "format" in entry.pattern.converters:
            stem = plain.partition("?")[0].rpartition(".")[0]
            for suffix, format in outputs.FORMATS.items():
                yield f"{stem}.{suffix}"
                if not format.heavy:
                    yield f"{stem}.{suffix}?audience=exempt"
        else:
            yield plain
            # searched for a part of the canary, and asked for the exempt version outright
            joint = "&" if "?" in plain else "?"
            yield f"{plain}{joint}q=qvxcanary&search=qvxcanary&audience=exempt&sort=-amount"


@pytest.fixture(scope="module")
def council(django_db_setup: None, django_db_blocker: Any) -> Iterator[Council]:
    """The council, loaded once for this file and taken away after it."""
    logging.disable(logging.WARNING)
    with django_db_blocker.unblock():
        atomic = transaction.atomic()
        atomic.__enter__()
        try:
            yield Council()
        finally:
            transaction.set_rollback(True)
            atomic.__exit__(None, None, None)
            logging.disable(logging.NOTSET)


def outsiders() -> list[str]:
    return [
        "anonymous",
        "no role",
        *WITHOUT,
        f"{Role.BOARD_MEMBER} of another project",
        f"{Role.PROJECT_MANAGER} of another project",
    ]


def is_heavy(address: str) -> bool:
    """A Word or PDF file: drawn from the same rows as the page and the other files, and slow."""
    return address.endswith((".docx", ".pdf"))


def is_there(name: str) -> bool:
    try:
        reverse(name, args=["X"])
    except NoReverseMatch:
        return False
    return True


# -- nothing leaks ------------------------------------------------------------------------------


def test_every_exempt_model_has_a_row_to_watch(council: Council, db: None) -> None:
    bare = [
        model._meta.label
        for model in exempt_models()
        if not model._default_manager.exists()
        and (model._meta.label not in PAGES_OF or is_there(PAGES_OF[model._meta.label]))
    ]
    assert not bare, f"Put an exempt row into the example council, or into MAKERS, for {bare}"


@pytest.mark.slow
@pytest.mark.parametrize("who", outsiders())
def test_those_without_the_right_never_meet_exempt_matter(
    council: Council, db: None, who: str
) -> None:
    session = council.session(who)
    found = []
    for address in council.addresses:
        answer = session.get(address)
        assert answer.status_code < 500, (address, answer.status_code)
        found += [f"{address}: {hit}" for hit in hits(answer, council.old)]
    assert found == []


def test_each_exempt_value_is_seen_by_those_with_the_right(council: Council, db: None) -> None:
    """Otherwise the search above proves nothing: the canaries do stand on pages."""
    unseen = {
        canary
        for canary in council.old
        if canary.model._meta.label not in PAGES_OF or is_there(PAGES_OF[canary.model._meta.label])
    }
    for who in (Role.FINANCE_OFFICER, Role.REPORT_AUTHOR, Role.PROJECT_MANAGER):
        session = council.session(who)
        for address in council.addresses:
            if unseen and not is_heavy(address) and "qvxcanary" not in address:
                answer = session.get(address)
                unseen -= {canary for canary in unseen if hits(answer, [canary])}
    assert {str(canary) for canary in unseen} == set()


def test_mail_holds_nothing_exempt_whoever_gets_it(council: Council, db: None) -> None:
    call_command("send_digests", stdout=StringIO())
    words = " ".join(f"{message.subject} {message.body}" for message in mail.outbox)
    assert hits(HttpResponse(words), council.old) == []


@pytest.mark.slow
def test_the_twin_with_other_exempt_values_answers_the_same_to_the_byte(
    council: Council, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As those see it who see most without the right: of this council, and of a project of their own."""
    sessions = {
        who: council.session(who)
        for who in (*WITHOUT, f"{Role.PROJECT_MANAGER} of another project")
    }

    def answers() -> dict[tuple[str, str], bytes]:
        return {
            (who, address): bytes_of(session.get(address))
            for who, session in sessions.items()
            for address in council.addresses
            if not is_heavy(address) and not address.startswith(LOG_OF_LOOKING)
        }

    now = timezone.now()  # files say when they were made
    monkeypatch.setattr(timezone, "now", lambda: now)
    before = answers()
    exchange(council.old, council.new)
    after = answers()
    assert [place for place in before if before[place] != after[place]] == []


# -- the harness sees leaks: twelve ways out of the product, each with a canary in it -----------


def _book(change: Callable[[Any], None]) -> bytes:
    book = openpyxl.Workbook()
    change(book)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _hidden_sheet(book: Any, word: str) -> None:
    book.create_sheet("more").append([word])
    book["more"].sheet_state = "veryHidden"


def _comment(book: Any, word: str) -> None:
    book.active["A1"].comment = Comment(word, "council")


def _pdf(word: str) -> bytes:
    from council_hms.document import Document, Paragraph, plain

    return outputs.render(Document("A paper", [Paragraph(plain(word))]), "pdf")


#: How a value may get out; each is given the canaries of a text and of an amount.
WAYS_OUT: dict[str, Callable[[str, Decimal], HttpResponse]] = {
    "a file name": lambda word, amount: HttpResponse(
        headers={"Content-Disposition": f'attachment; filename="{word}.xlsx"'}
    ),
    "an address that is redirected to": lambda word, amount: HttpResponse(
        headers={"Location": f"/lessons/?q={word}"}
    ),
    "a comment in the page": lambda word, amount: HttpResponse(f"<p>Public</p><!-- {word} -->"),
    "a hidden input": lambda word, amount: HttpResponse(f'<input type="hidden" value="{amount}">'),
    "another case": lambda word, amount: HttpResponse(f"<h1>{word.upper()}</h1>"),
    "an amount with commas": lambda word, amount: HttpResponse(f"£{amount:,}"),
    "an amount in thousands": lambda word, amount: HttpResponse(f"{amount / 1000:,.1f}"),
    "an amount in millions": lambda word, amount: HttpResponse(f"£{amount / 1_000_000:.3f}m"),
    "data for a script": lambda word, amount: HttpResponse(json.dumps({"total": str(amount)})),
    "a hidden sheet": lambda word, amount: HttpResponse(
        _book(lambda book: _hidden_sheet(book, word))
    ),
    "a comment on a cell": lambda word, amount: HttpResponse(
        _book(lambda book: _comment(book, word))
    ),
    "the text of a PDF": lambda word, amount: HttpResponse(_pdf(word)),
}


@pytest.mark.parametrize("way", WAYS_OUT)
def test_a_value_is_caught_on_every_way_out(way: str) -> None:
    text = next(c for c in canaries(1) if isinstance(c.value, str))
    amount = next(c for c in canaries(1) if isinstance(c.value, Decimal))
    assert hits(WAYS_OUT[way](str(text.value), Decimal(amount.value)), [text, amount])
    assert not hits(WAYS_OUT[way]("harmless", Decimal("12.34")), [text, amount])


# -- and faults in the product: rights forgotten, one by one --------------------------------------


def _all(rows: Any, *_: object, **__: object) -> Any:
    return rows.all()


def _says_more(tell: Callable[[], str]) -> Callable[..., HttpResponse]:
    """What draws a page, and then says something more that it works out from exempt rows."""

    def render(*args: Any, **kwargs: Any) -> HttpResponse:
        response = shortcuts.render(*args, **kwargs)
        response.content += tell().encode()
        return response

    return render


def _total_with_exempt() -> str:
    total = SettlementTerm.objects.aggregate(total=models.Sum("amount"))["total"]
    return f"Agreed in all, with other things: {total + 5_000_000}"


def _first_by_exempt_words() -> str:
    first = SettlementTerm.objects.order_by("title").values_list("title", flat=True)[0]
    return "the settlement first" if first < "s" else "the contract first"


ALL_DETAILS = summary.Details

#: What is broken: the object, its attribute, what stands there instead, and a page that then tells.
FAULTS: dict[str, tuple[Any, str, Any, str]] = {
    "settlement terms without their filter": (
        SettlementTermQuerySet,
        "visible_to",
        _all,
        "/projects/HMS/contracts/",
    ),
    "discounts without their filter": (
        DiscountQuerySet,
        "visible_to",
        _all,
        "/projects/HMS/contracts/",
    ),
    "details of lessons without their filter": (
        LessonDetailQuerySet,
        "visible_to",
        _all,
        "/lessons/{lesson}/",
    ),
    "the filter of audiences that all rows share": (
        VisibleQuerySet,
        "for_audience",
        _all,
        "/projects/HMS/contracts/",
    ),
    "rows that are not marked as exemptable": (
        SettlementTermQuerySet,
        "exemptable",
        False,
        "/projects/HMS/contracts/",
    ),
    "a role that is given too much": (
        access,
        "ROLE_PERMISSIONS",
        {**access.ROLE_PERMISSIONS, Role.ADMINISTRATOR: frozenset(Permission)},
        "/projects/HMS/contracts/",
    ),
    "a paper drawn for the wrong audience": (
        summary,
        "Details",
        lambda lessons, audience: ALL_DETAILS(lessons, Audience.EXEMPT),
        "/projects/HMS/lessons/appendix-2/",
    ),
    "its file": (
        summary,
        "Details",
        lambda lessons, audience: ALL_DETAILS(lessons, Audience.EXEMPT),
        "/projects/HMS/lessons/appendix-2.xlsx",
    ),
    "a search in exempt words": (
        LessonQuerySet,
        "search",
        lambda rows, text: rows.filter(detail__text__icontains=text),
        "/lessons/?q=qvxcanary",
    ),
    "a total that counts exempt amounts": (
        contract,
        "render",
        _says_more(_total_with_exempt),
        "/projects/HMS/contracts/",
    ),
    "an order that follows exempt words": (
        contract,
        "render",
        _says_more(_first_by_exempt_words),
        "/projects/HMS/contracts/",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_the_product_is_caught(
    council: Council, db: None, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, attribute, instead, page = FAULTS[fault]
    address = page.format(lesson=LessonDetail.objects.all()[0].lesson_id)

    def is_caught() -> bool:
        with transaction.atomic():
            session = council.session(Role.ADMINISTRATOR)
            answer = session.get(address)
            assert answer.status_code == 200
            exchange(council.old, council.new)
            twin = session.get(address)
            transaction.set_rollback(True)
        return bool(hits(answer, council.old)) or bytes_of(answer) != bytes_of(twin)

    assert not is_caught()
    monkeypatch.setattr(target, attribute, instead)
    assert is_caught()
