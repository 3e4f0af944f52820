"""The example council's registers: all marked as illustrative, and each kind of finding once at least."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

import council_hms
from council_hms import demonstration, findings
from council_hms.findings import Scope
from projects.models import Project
from risks import example
from risks.models import Register, Risk
from risks.services import may_write
from tests.factories import make_project

FOLDER = Path(council_hms.__file__).parent / "example"
REPORT_DAY = dt.date(2023, 6, 14)


@pytest.fixture
def people(db):
    for reference in ("HMS", "POOL-RF", "DIGI-28", "NEWH-3"):
        make_project(reference, stage="delivery")
    people = demonstration.make_people()
    example.load(people, FOLDER)
    return people


def test_every_risk_is_marked_as_illustrative(people):
    assert Risk.objects.exists()
    assert not Risk.objects.filter(is_illustrative=False).exists()


def test_the_corporate_register_holds_what_the_source_project_escalated(people):
    escalated = Risk.objects.get(register__project=None, escalated_from__isnull=False)
    assert escalated.escalated_from.reference == "R2"
    assert Register.objects.filter(project=None).count() == 1
    assert not may_write(people["project_manager"], None)


def test_on_the_day_of_the_report_the_register_of_hms_has_its_findings(people):
    scope = Scope(Project.objects.filter(reference="HMS"), REPORT_DAY)
    told = {
        (each.code, each.subject.split(" ")[0])
        for each in findings.run(scope)
        if each.code.startswith("risks.")
    }
    assert told == {
        ("risks.above_appetite", "R2"),
        ("risks.above_appetite", "R3"),
        ("risks.unmoved", "R2"),
        ("risks.unmoved", "R5"),
        ("risks.control_overdue", "R2"),
        ("risks.control_overdue", "R5"),
    }
