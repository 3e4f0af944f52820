"""Sentences as council reports write them: each wrong figure is found, and no sound one is called wrong."""

import re
from pathlib import Path

import pytest

from reports.checking.engine import check
from reports.checking.result import Status
from tests.reports.checking.papers import paper, table

MARK = re.compile(r"\s?✗")


def corpus():
    """Each sentence, with the table that stands beside it in its part of the file, if any."""
    text = (Path(__file__).parent / "sentences.txt").read_text(encoding="utf-8")
    for part in re.split(r"^== .*$", text, flags=re.MULTILINE)[1:]:
        lines = [line for line in part.splitlines() if line.strip()]
        beside = "\n".join(line for line in lines if "|" in line)
        for line in lines:
            if "|" not in line:
                yield line, table(beside) if beside else None


CASES = list(corpus())


def unmarked(line):
    """The sentence without its marks, and where each marked figure ends."""
    ends, plain = [], ""
    for part in re.split(r"(\s?✗)", line):
        if MARK.fullmatch(part):
            ends.append(len(plain))
        else:
            plain += part
    return plain, ends


def test_the_corpus_is_large_and_half_of_it_faultless():
    lines = [line for line, _ in CASES]
    assert len(lines) >= 120
    assert sum(1 for line in lines if "✗" not in line) >= len(lines) / 2


@pytest.mark.parametrize(("line", "beside"), CASES, ids=[line for line, _ in CASES])
def test_each_wrong_figure_is_found_and_no_sound_one(line, beside):
    sentence, ends = unmarked(line)
    result = check(paper(f"1. {sentence}", *([beside] if beside else [])))
    wrong = [figure for figure in result.figures if figure.status is Status.DISAGREES]
    said = "\n".join(finding.text for finding in result.findings)
    assert [figure.place.end for figure in wrong] == ends, said or "nothing was found"
    assert len(result.findings) == len(ends), said
