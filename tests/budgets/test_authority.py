"""Who may approve what, checked by hand against dated limits."""

import datetime as dt
from decimal import Decimal

from budgets.authority import (
    Candidate,
    Limit,
    Stop,
    Threshold,
    Weight,
    judge,
    key_decision,
    propose_route,
    weigh,
)

D = Decimal
DAY = dt.date(2023, 6, 14)
SINCE = dt.date(2015, 4, 1)


def limit(kind, per_change=None, per_year=None, since=SINCE, until=None):
    return Limit(
        kind,
        None if per_change is None else D(per_change),
        None if per_year is None else D(per_year),
        since,
        until,
    )


def test_a_board_without_a_limit_has_no_authority():
    judgement = judge("Project board", [], DAY, Weight(capital=D(1)))
    assert not judgement.sufficient
    assert judgement.reason == "Project board had no authority over capital on 14 June 2023."


def test_council_without_limit_may_approve_anything():
    limits = [limit("capital"), limit("revenue")]
    assert judge("Council", limits, DAY, Weight(D(10**9), D(10**9))).sufficient


def test_the_limit_itself_is_within_it_and_a_penny_more_is_not():
    limits = [limit("capital", "250000")]
    assert judge("Cabinet", limits, DAY, Weight(capital=D("250000"))).sufficient
    over = judge("Cabinet", limits, DAY, Weight(capital=D("250000.01")))
    assert not over.sufficient
    assert "above the limit of Cabinet, £250k in one change" in over.reason


def test_what_was_approved_earlier_in_the_year_counts():
    limits = [limit("virement", "50000", "150000")]
    earlier = {"virement": D("120000")}
    assert judge("Head", limits, DAY, Weight(moved=D("30000")), earlier).sufficient
    assert not judge("Head", limits, DAY, Weight(moved=D("30000.01")), earlier).sufficient


def test_a_limit_counts_only_while_it_is_in_force():
    old = limit("capital", "100", until=dt.date(2023, 3, 31))
    new = limit("capital", "500", since=dt.date(2023, 4, 1))
    assert judge("B", [old, new], dt.date(2023, 4, 1), Weight(capital=D(500))).sufficient
    assert not judge("B", [old, new], dt.date(2023, 3, 31), Weight(capital=D(500))).sufficient
    assert not judge("B", [old], DAY, Weight(capital=D(1))).sufficient


def test_surplus_years_do_not_lighten_the_years_that_ask():
    lines = [
        ("capital", D("241100")),
        ("capital", D("273900")),
        ("capital", D("40400")),
        ("capital", D("-58000")),
    ]
    assert weigh(lines, balanced=False) == Weight(capital=D("555400"))
    assert weigh([("revenue", D("-500"))], balanced=False) == Weight(revenue=D("500"))


def test_a_virement_weighs_what_it_moves():
    weight = weigh([("capital", D("250000")), ("capital", D("-250000"))], balanced=True)
    assert weight == Weight(moved=D("250000"))
    assert weight.total == D("250000")


BOARD = Candidate(1, "Project board", "project_board", [])
OFFICER = Candidate(2, "Officer", "officer", [limit("virement", "50000")])
CABINET = Candidate(3, "Cabinet", "cabinet", [limit("virement", "250000")])
AUDIT = Candidate(4, "Audit", "committee", [])
COUNCIL = Candidate(
    5, "Council", "council", [limit("capital"), limit("revenue"), limit("virement")]
)
URGENT = Candidate(6, "Urgent", "urgent_powers", [limit("capital")])


def shape(stops: list[Stop]):
    return [(stop.key, stop.expects) for stop in stops]


def test_the_route_ends_at_the_first_body_with_authority():
    bodies = [BOARD, OFFICER, CABINET, AUDIT, COUNCIL]
    assert shape(propose_route(bodies, DAY, Weight(moved=D("50000")))) == [
        (1, "recommend"),
        (2, "approve"),
    ]
    assert shape(propose_route(bodies, DAY, Weight(moved=D("250000")))) == [
        (1, "recommend"),
        (3, "approve"),
    ]
    assert shape(propose_route(bodies, DAY, Weight(capital=D("1")))) == [
        (1, "recommend"),
        (3, "recommend"),
        (5, "approve"),
    ]


def test_urgent_powers_are_never_proposed_and_no_authority_gives_no_route():
    assert propose_route([URGENT], DAY, Weight(capital=D(1))) == []


def test_a_key_decision_by_the_threshold_in_force():
    thresholds = [Threshold("total", D("500000"), SINCE), Threshold("revenue", D("100000"), SINCE)]
    ask = Weight(capital=D("555400"), revenue=D("104100"))
    judged = key_decision(thresholds, DAY, ask)
    assert judged.sufficient
    assert "£659,500 in all reaches the key-decision threshold of £500k" in judged.reason
    assert not key_decision(thresholds, DAY, Weight(capital=D("499999.99"))).sufficient
    assert key_decision(thresholds, DAY, Weight(revenue=D("100000"))).sufficient
    assert not key_decision(thresholds, dt.date(2015, 3, 31), ask).sufficient
