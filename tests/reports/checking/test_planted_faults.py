"""A thousand faultless reports raise nothing; a thousand with one fault that breaks a sum are found out."""

import pytest

from reports.checking.engine import check
from reports.checking.paper import Paper
from tests.reports.checking.generated import grid_of, plant, report_of

REPORTS = 1000


@pytest.mark.slow
def test_faultless_reports_with_rounding_raise_nothing():
    alarms = {}
    rounding = 0
    for seed in range(REPORTS):
        grid = grid_of(seed)
        result = check(report_of(grid, seed, grid.table()))
        rounding += any(figure.status == "rounding" for figure in result.figures)
        if result.findings or result.unread:
            alarms[seed] = [finding.text for finding in result.findings]
    assert len(alarms) <= REPORTS / 100, alarms
    assert rounding > REPORTS / 2  # the reports do hold figures that cast only within rounding


@pytest.mark.slow
def test_a_planted_fault_that_breaks_a_sum_is_found():
    tried, missed = 0, []
    for seed in range(REPORTS):
        planted = plant(grid_of(seed), seed)
        if planted is None or not planted.breaks_a_sum:
            continue
        tried += 1
        if not check(Paper([planted.table])).findings:
            missed.append((seed, planted.words))
    assert tried > REPORTS * 3 / 4
    assert len(missed) <= tried * 0.05, missed
