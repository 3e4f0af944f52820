"""Rules of the house that no linter knows: names that say nothing, pairs that must go together, bare rows in views."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models
from django.template import engines

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("council_hms", "projects", "budgets", "risks", "lessons", "reports")
SOURCES = sorted(
    path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "migrations" not in path.parts
)
#: Files and functions without a subject: what lies in such a drawer is found by nobody.
NAMELESS = {"utils", "helpers", "common_utils", "misc", "extras", "manager", "managers", "tools"}
#: Words that the trade does not use, as names of functions and classes (house rule 15).
EMPTY_WORDS = {"process", "handle_data", "do_it", "get_data", "obj", "item", "info"}
#: Every place where text is declared safe for a page by hand, reviewed: file and how many times.
REVIEWED_SAFE = ROOT / "tests" / "reviewed_mark_safe.txt"
#: What leads through a row that this person has been shown: its key, the row itself, its project.
SEEN = re.compile(
    r"pk=\w+\.|=\s*(found|project|change|risks?|run|row|report|register|self\.project)\b"
    r"|\.of\(project\)|\.none\(\)|\b(change|lesson|plan)__project="
)
#: ``Model.objects`` in views without ``visible_to``, each with its reason.
REVIEWED_BARE = {
    ("budgets/lists.py", "Line"): "part of a query whose rows were filtered",
    ("budgets/views/common.py", "Decision"): "fetched along with a change that is visible",
    ("budgets/views/route.py", "Decision"): "of a change that is visible",
    ("budgets/imports/views.py", "ImportRun"): "who may import sees every run",
    ("lessons/views/adoption.py", "Lesson"): "binding lessons are shared with every project",
    ("lessons/views/project.py", "Lesson"): "binding lessons are shared with every project",
    ("lessons/views/project.py", "ProjectClassification"): "of a project that is visible",
    ("reports/views/published.py", "Publication"): "published to the world",
    ("risks/views/risk.py", "Control"): "of a risk that is visible",
    ("risks/views/settings.py", "Register"): "the administrator keeps every register's scale",
}
#: Pairs whose two columns need not go together, each with its reason.
FREE_PAIRS = {
    "council_hms.securityevent": "a stranger has no person",
}


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), filename=str(path))


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_file_is_a_drawer_without_a_label() -> None:
    assert [short(path) for path in SOURCES if path.stem in NAMELESS] == []


def test_functions_and_classes_have_names_of_the_trade() -> None:
    found = [
        f"{short(path)}:{node.lineno} {node.name}"
        for path in SOURCES
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name.lower() in EMPTY_WORDS
    ]
    assert found == []


def test_a_file_opens_with_what_it_is_for() -> None:
    bare = [
        short(path)
        for path in SOURCES
        if path.read_text().strip() and not ast.get_docstring(tree_of(path))
    ]
    assert bare == []


def views() -> Iterator[Path]:
    for path in SOURCES:
        if (
            path.stem in ("views", "lists")
            or path.parent.name == "views"
            or path.stem.endswith("_pages")
        ):
            yield path


def test_views_show_no_rows_that_skip_what_a_person_may_see() -> None:
    """``Model.objects`` of a model that knows ``visible_to`` starts with it, or follows a row that did.

    What may stand: a row fetched through one that was already seen, named by ``project=`` or ``change=``
    of it, and models that everyone who opens the page may see (bodies, sources, limits).
    """
    guarded = {
        model.__name__
        for model in apps.get_models()
        if hasattr(model._default_manager.all(), "visible_to")
    }
    bare = []
    for path in views():
        text = path.read_text()
        for match in re.finditer(
            r"\b([A-Z]\w+)\.objects((?:\s*\.\s*\w+\([^()]*(?:\([^()]*\)[^()]*)*\))*)", text
        ):
            name, calls = match.groups()
            if name not in guarded or "visible_to(" in calls:
                continue
            if SEEN.search(calls) or (short(path), name) in REVIEWED_BARE:
                continue
            line = text.count("\n", 0, match.start()) + 1
            bare.append(f"{short(path)}:{line} {name}.objects{calls[:60]}")
    assert bare == [], "Start with .visible_to(request.user):\n" + "\n".join(bare)


def pairs() -> Iterator[tuple[type[models.Model], str, str]]:
    """Who and when of the same act in one model: ``decided_on`` and ``decided_by``."""
    for model in apps.get_models():
        if model._meta.app_label not in ROOMS or hasattr(model, "pgh_tracked_model"):
            continue
        fields = {field.name: field for field in model._meta.concrete_fields}
        for name, field in fields.items():
            stem = name.removesuffix("_by")
            if name == stem or not field.null:
                continue
            for when in (f"{stem}_at", f"{stem}_on"):
                if when in fields and fields[when].null:
                    yield model, name, when


def test_who_and_when_are_held_together_by_the_database() -> None:
    loose = []
    for model, who, when in pairs():
        said = " ".join(str(constraint.deconstruct()) for constraint in model._meta.constraints)
        together = re.search(rf"{who}\W.*{when}\W|{when}\W.*{who}\W", said) or (
            f"{who}__isnull" in said and f"{when}__isnull" in said
        )
        if not together and model._meta.label_lower not in FREE_PAIRS:
            loose.append(f"{model._meta.label}: {who} and {when}")
    assert loose == [], "Add both_or_neither(...) to Meta.constraints:\n" + "\n".join(loose)


def test_text_declared_safe_by_hand_was_reviewed() -> None:
    """``mark_safe``, ``SafeString(`` and ``|safe`` write to a page what they are given, script and all."""
    pattern = re.compile(r"mark_safe\(|SafeString\(|\|\s*safe\b|autoescape off")
    found = {}
    for path in [*SOURCES, *sorted((ROOT / "templates").rglob("*.html"))]:
        if count := len(pattern.findall(path.read_text())):
            found[short(path)] = count
    reviewed = {
        name: int(count)
        for name, count in (
            line.split()[:2]
            for line in REVIEWED_SAFE.read_text().splitlines()
            if line.strip() and not line.startswith("#")
        )
    }
    assert found == reviewed, (
        f"Look at each by hand: is what it writes escaped before? Then note it in {REVIEWED_SAFE.name}."
    )


TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=[short(path) for path in TEMPLATES])
def test_a_template_can_be_read_says_what_it_takes_and_styles_nothing_itself(path: Path) -> None:
    text = path.read_text()
    engines["django"].get_template(str(path.relative_to(ROOT / "templates")))
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=\"", text), "the content policy forbids it"
    assert not re.search(r"<script(?![^>]*\ssrc=)", text), (
        "the content policy forbids script in a page"
    )


def test_the_clock_is_read_where_an_act_begins_and_not_in_arithmetic() -> None:
    """Pure modules are given their day (house rule 14)."""
    pure = [
        ROOT / "budgets" / name
        for name in ("position.py", "funding.py", "authority.py", "standing.py", "crossing.py")
    ]
    pattern = re.compile(r"\b(localdate|now|today)\(\)")
    assert [short(path) for path in pure if pattern.search(path.read_text())] == []
