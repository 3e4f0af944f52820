"""Whole reports of the usual kinds, faultless, read from their files: the checker has nothing to say of them."""

from pathlib import Path

import pytest

from reports.checking.engine import check
from reports.checking.reading import read
from reports.checking.result import Status

REPORTS = sorted((Path(__file__).parent / "sound").glob("*.md"))


def test_the_usual_kinds_of_report_are_here():
    assert {path.stem for path in REPORTS} >= {
        "outturn",
        "mtfs",
        "hra",
        "treasury",
        "procurement",
        "capital",
        "schools",
        "counciltax",
    }


@pytest.mark.parametrize("path", REPORTS, ids=[path.stem for path in REPORTS])
def test_a_sound_report_raises_nothing(path):
    result = check(read(path.read_bytes(), path.name))
    assert not result.findings, "\n".join(finding.text for finding in result.findings)
    assert not result.unread
    wrong = [figure.printed for figure in result.figures if figure.status is Status.DISAGREES]
    assert not wrong
