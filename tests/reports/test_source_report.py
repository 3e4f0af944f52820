"""The source report of June 2023 from the product: every figure and both tables in HTML, Word and PDF."""

from __future__ import annotations

from pathlib import Path

import pytest

import council_hms
from council_hms.exemption import Audience
from reports.assemble import assemble
from reports.models import Report

FOLDER = Path(council_hms.__file__).parent / "example"


@pytest.fixture
def source(db):
    from django.core.management import call_command

    call_command("load_example", verbosity=0)
    return Report.objects.get(reference="HMS-2023-06-14")


def test_look(source):
    drawn = assemble(source, Audience.PUBLIC)
    print(drawn.problems)
    from reports.frozen import passages

    for _, words in passages(drawn.document):
        print("*", words)
    out = Path("/tmp/shots-reports")
    out.mkdir(exist_ok=True)
    for f in source.publications.get().files.all():
        (out / f.name).write_bytes(bytes(f.content))
        print(f.name, f.size)
