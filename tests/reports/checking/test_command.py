"""``manage.py check_report``: what it prints, as text and as the JSON that its schema describes, and how it ends."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command

from tests.reports.checking import forms
from tests.reports.checking.schema_check import faults

pytestmark = pytest.mark.django_db


def run(*words: object) -> tuple[str, int]:
    """What the command prints, and its exit code."""
    out = io.StringIO()
    try:
        call_command("check_report", *map(str, words), stdout=out)
    except SystemExit as ended:
        return out.getvalue(), int(ended.code or 0)
    return out.getvalue(), 0


@pytest.fixture
def saved(tmp_path):
    def save(form: str):
        content, name = forms.FORMS[form]()
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return save


@pytest.mark.parametrize("form", forms.FORMS)
def test_the_source_report_is_answered_as_the_schema_says(saved, form):
    printed, code = run(saved(form), "--json")
    answer = json.loads(printed)
    assert faults(answer) == []
    assert code == 1
    assert answer["projects"] == []
    assert sum(answer["counts"].values()) == len(answer["figures"])
    assert {"£497k", "£263k"} <= {figure["printed"] for figure in answer["figures"]}


def test_a_figure_says_its_paragraph_or_its_row_and_column(saved):
    answer = json.loads(run(saved("damaged text"), "--json")[0])
    ask = next(each for each in answer["figures"] if each["printed"] == "£528k")
    assert ask["place"]["paragraph"] == "9"
    assert ask["status"] == "disagrees"
    assert ask["suggestion"] == "£538k"
    cell = next(each for each in answer["figures"] if each["printed"] == "331.9")
    assert (cell["place"]["table"], cell["place"]["row"], cell["place"]["column"]) == (4, 4, 3)


def test_the_text_says_what_disagrees_and_what_was_mended(saved):
    printed, code = run(saved("damaged text"))
    assert code == 1
    assert "Housing Management System Implementation" in printed
    assert "£528k" in printed
    assert "The minus sign after 40.4" in printed


def test_a_clean_report_ends_with_nought(tmp_path):
    path = tmp_path / "clean.md"
    path.write_text(
        "# Budget\n\n1. The cost of £10k is met from £4k of grant and £6k of reserves.\n"
    )
    assert run(path)[1] == 0


@pytest.mark.parametrize("name", ["missing.docx", "locked.pdf"])
def test_a_file_that_cannot_be_read_ends_with_two(tmp_path, name):
    path = tmp_path / name
    if name == "locked.pdf":
        path.write_bytes(b"%PDF-1.7 broken")
    with pytest.raises(CommandError) as refused:
        run(path)
    assert refused.value.returncode == 2


def test_a_project_that_is_not_there_is_named(saved):
    with pytest.raises(CommandError, match="There is no project zzz"):
        run(saved("damaged text"), "--project", "zzz")


def test_the_ledger_is_read_as_at_the_reports_date_when_it_names_the_project(saved, project):
    answer = json.loads(run(saved("damaged text"), "--json")[0])
    assert (answer["projects"], answer["as_at"]) == (["HMS"], "2023-06-14")
    answer = json.loads(
        run(saved("damaged text"), "--project", "hms", "--as-at", "2023-04-01", "--json")[0]
    )
    assert (answer["projects"], answer["as_at"]) == (["HMS"], "2023-04-01")
