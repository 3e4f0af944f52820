"""Money is read as people write it and shown as papers print it; nothing is lost on the way."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from council_hms import money
from council_hms.money import MoneyError, Negative, Unit, parse_money, show

D = Decimal


@pytest.mark.parametrize(
    ("typed", "pounds"),
    [
        ("600k", "600000"),
        ("£497k", "497000"),
        ("£1.2m", "1200000"),
        ("£3.188 million", "3188000"),
        ("1.7 Million", "1700000"),
        ("£1,234.50", "1234.50"),
        ("£12,345,678.90", "12345678.90"),
        ("112", "112"),
        ("112.0", "112"),
        (" 605.1 ", "605.10"),
        (".5", "0.50"),
        ("(6.8)", "-6.80"),
        ("£(6.8)", "-6.80"),
        ("(£6.8)", "-6.80"),
        ("6.8-", "-6.80"),
        ("- 6.8", "-6.80"),
        ("-£6.8", "-6.80"),
        ("£-6.8", "-6.80"),
        ("−6.8", "-6.80"),
        ("–6.8", "-6.80"),
        ("+6.8", "6.80"),
        ("-", "0"),
        ("–", "0"),
        ("nil", "0"),
        ("£0", "0"),
        ("0", "0"),
        ("-0", "0"),
        ("1,000,000,000,000", "1000000000000"),
        ("2bn", "2000000000"),
        ("£ 1 250", "1250"),
    ],
)
def test_an_amount_is_read_as_people_write_it(typed, pounds):
    read = parse_money(typed)
    assert read == D(pounds)
    assert str(read) == str(D(pounds).quantize(D("0.01")))


def test_a_blank_is_no_amount_at_all():
    assert parse_money("") is None
    assert parse_money(" \u00a0 ") is None


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("1,23", "comma"),
        ("1.234,50", "comma"),
        ("12,34,567", "comma"),
        ("1.2345", "fraction of a penny"),
        ("0.001k5", "not an amount"),
        ("twelve", "not an amount"),
        ("£", "not an amount"),
        ("k", "not an amount"),
        ("NaN", "not an amount"),
        ("Infinity", "not an amount"),
        ("1e5", "not an amount"),
        ("0x10", "not an amount"),
        ("٣٤", "not an amount"),
        ("--5", "not an amount"),
        ("-(5)", "more than one"),
        ("-5-", "more than one"),
        ("1_000", "not an amount"),
        ("2,000bn", "million million"),
        ("9" * 70, "amount only"),
        ("=1+1", "not an amount"),
    ],
)
def test_what_is_no_amount_is_refused_with_what_to_do(typed, says):
    with pytest.raises(MoneyError) as refused:
        parse_money(typed)
    assert says in str(refused.value)


def test_a_bare_number_counts_in_the_unit_of_its_column_and_its_own_suffix_wins():
    assert parse_money("605.1", unit=Unit.THOUSANDS) == D("605100")
    assert parse_money("1.2m", unit=Unit.THOUSANDS) == D("1200000")
    assert parse_money("2.925", unit=Unit.MILLIONS) == D("2925000")


every_penny = st.integers(-(10**14), 10**14).map(lambda pence: D(pence) / 100)


@given(every_penny)
def test_reading_what_was_shown_gives_the_same_amount(amount):
    for negative in Negative:
        assert parse_money(show(amount, negative=negative)) == amount
    assert parse_money(money.pounds(amount)) == amount
    assert parse_money(money.in_words(amount)) == amount


@given(st.lists(every_penny, max_size=20))
def test_a_sum_of_what_was_read_is_the_sum_in_pence(amounts):
    pence = sum(int(amount * 100) for amount in amounts)
    read = [parse_money(show(amount)) for amount in amounts]
    assert sum(read, D(0)) * 100 == pence


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused_and_never_breaks(text):
    try:
        amount = parse_money(text)
    except MoneyError as refused:
        answer = str(refused)
    else:
        answer = "read" if amount is None or isinstance(amount, Decimal) else ""
    assert answer


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("605100", "605.1"),
        ("-58000", "-58.0"),
        ("0", "-"),
        ("1234567.89", "1,234.6"),
        ("50", "0.1"),
        ("49.99", "0.0"),
        ("-49.99", "0.0"),
        ("250", "0.3"),
    ],
)
def test_a_table_shows_thousands_half_up_and_nil_as_a_dash(amount, shown):
    assert show(D(amount), Unit.THOUSANDS) == shown


def test_no_line_at_all_is_blank_and_brackets_are_the_councils_choice():
    assert show(None, Unit.THOUSANDS) == ""
    assert show(D("-6800"), Unit.THOUSANDS, negative=Negative.BRACKETS) == "(6.8)"
    assert show(D("2925000"), Unit.MILLIONS) == "2.925"
    assert show(D("1234.5"), Unit.POUNDS) == "1,234.50"


def test_prose_shortens_and_loses_nothing():
    assert money.in_words(D("2925000")) == "£2.925m"
    assert money.in_words(D("375000")) == "£375k"
    assert money.in_words(D("497400")) == "£497,400"
    assert money.in_words(D("-6800")) == "-£6,800"
    assert money.k(D("497400")) == "£497k"
    assert money.k(D("497500")) == "£498k"
    assert money.m(D("3188000")) == "£3.188m"


@pytest.mark.parametrize(
    ("words", "pounds"),
    [
        ("£528k", "1000"),
        ("£1.7m", "100000"),
        ("£2.3 million", "100000"),
        ("250", "1"),
        ("£1,234.50", "0.01"),
        ("(6.8)k", None),
    ],
)
def test_the_last_printed_place_of_a_headline(words, pounds):
    if pounds is None:
        with pytest.raises(MoneyError):
            money.last_place(words)
    else:
        assert money.last_place(words) == D(pounds)
