"""Settings from the environment: right values are read, wrong ones stop the start with their name."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from council_hms import env

Patch = pytest.MonkeyPatch


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (lambda: env.envbool("IT", default=True), "False", False),
        (lambda: env.envbool("IT", default=False), "True", True),
        (lambda: env.envbool("IT", default=True), "", True),
        (lambda: env.envint("IT", default=5), "0", 0),
        (lambda: env.envint("IT", default=5), "", 5),
        (lambda: env.envlist("IT", default=["a"]), "b, c,", ["b", "c"]),
        (lambda: env.envlist("IT", default=["a"]), "", ["a"]),
        (lambda: env.envsecret("IT", default=None), "word", "word"),
        (lambda: env.envchoice("IT", ("INFO", "ERROR"), default="INFO"), "ERROR", "ERROR"),
        (lambda: env.envchoice("IT", ("INFO", "ERROR"), default="INFO"), "", "INFO"),
        (lambda: env.envurl("IT", default="http://a"), "https://b.example/", "https://b.example"),
    ],
)
def test_value_is_read(
    monkeypatch: Patch, read: Callable[[], object], text: str, value: object
) -> None:
    monkeypatch.setenv("IT", text)
    assert read() == value


def test_default_when_not_set(monkeypatch: Patch) -> None:
    monkeypatch.delenv("IT", raising=False)
    monkeypatch.delenv("IT_FILE", raising=False)
    assert env.envbool("IT", default=True) is True
    assert env.envint("IT", default=7) == 7
    assert env.envlist("IT", default=["a"]) == ["a"]
    assert env.envsecret("IT", default="") == ""


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (lambda: env.envbool("IT", default=True), "true"),
        (lambda: env.envbool("IT", default=True), "1"),
        (lambda: env.envint("IT", default=5), "-1"),
        (lambda: env.envint("IT", default=5), "1.5"),
        (lambda: env.envint("IT", default=5), "٣"),
        (lambda: env.envdatabase("IT"), "mysql://user@host/name"),
        (lambda: env.envdatabase("IT"), "postgresql://user:hunter2@host"),
        (lambda: env.envdatabase("IT"), "postgresql://user:hunter2@host:port/name"),
    ],
)
def test_wrong_value_is_refused_by_name(
    monkeypatch: Patch, read: Callable[[], object], text: str
) -> None:
    monkeypatch.setenv("IT", text)
    with pytest.raises(ImproperlyConfigured, match=r"^IT\b.*set it to") as refusal:
        read()
    assert "hunter2" not in str(refusal.value)  # a password never reaches a log


def test_secret_comes_from_a_file(monkeypatch: Patch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from the file\n")
    monkeypatch.setenv("IT", "from the environment")
    monkeypatch.setenv("IT_FILE", str(tmp_path / "key"))
    assert env.envsecret("IT", default=None) == "from the file"
    monkeypatch.setenv("IT_FILE", str(tmp_path / "none"))
    with pytest.raises(ImproperlyConfigured, match=r"IT_FILE is .*none"):
        env.envsecret("IT", default=None)


def test_secret_that_is_missing_is_asked_for(monkeypatch: Patch) -> None:
    monkeypatch.delenv("IT", raising=False)
    with pytest.raises(ImproperlyConfigured, match="IT is not set: set it, or IT_FILE"):
        env.envsecret("IT", default=None)


def test_database_address(monkeypatch: Patch) -> None:
    monkeypatch.setenv("IT", "postgresql://clerk:p%40ss@db.example:5433/budgets")
    assert env.envdatabase("IT") == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "budgets",
        "USER": "clerk",
        "PASSWORD": "p@ss",
        "HOST": "db.example",
        "PORT": "5433",
    }
    monkeypatch.setenv("IT", "postgresql://clerk:x@/budgets?host=%2Frun%2Fpg")
    assert env.envdatabase("IT")["HOST"] == "/run/pg"


def test_env_file_fills_in_what_is_not_set(monkeypatch: Patch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "environ", {"PORT": "9000"})
    file = tmp_path / ".env"
    env.read_env_file(file)  # there is none: nothing happens
    file.write_text('# a note\n\nPORT=8000\nENVIRONMENT_NOTICE="Training: take care = yes"\n')
    env.read_env_file(file)
    assert os.environ == {"PORT": "9000", "ENVIRONMENT_NOTICE": "Training: take care = yes"}
    file.write_text("PORT 8000\n")
    with pytest.raises(ImproperlyConfigured, match="line 1: write it as NAME=value"):
        env.read_env_file(file)


def test_example_file_names_every_setting_and_no_other() -> None:
    checkout = Path(__file__).resolve().parents[2]
    example = (checkout / ".env.example").read_text()
    documented = {
        line.lstrip("#").split("=")[0]
        for line in example.splitlines()
        if line.startswith("#") and "=" in line and " " not in line.split("=")[0]
    }
    read = set()
    for file in ("settings.py", "launch.py", "local_postgres.py"):
        source = (checkout / "council_hms" / file).read_text()
        read |= set(re.findall(r"(?:env[a-z_]+|environ\.get)\([\"'](\w+)[\"']", source))
    read -= {"SECRET_KEY_FILE", "PATH"}
    assert documented == read


@pytest.mark.parametrize("value", ["LOUD", "info"])
def test_a_word_that_is_not_offered_is_refused_by_name(monkeypatch: Patch, value: str) -> None:
    monkeypatch.setenv("LOG_LEVEL", value)
    with pytest.raises(
        ImproperlyConfigured, match=f"LOG_LEVEL is '{value}': set it to one of INFO"
    ):
        env.envchoice("LOG_LEVEL", ("INFO",), default="INFO")


@pytest.mark.parametrize("value", ["ftp:/x", "budgets.example", "https://"])
def test_what_is_no_address_is_refused_by_name(monkeypatch: Patch, value: str) -> None:
    monkeypatch.setenv("SITE_URL", value)
    with pytest.raises(ImproperlyConfigured, match=r"SITE_URL is .*: set it to an address"):
        env.envurl("SITE_URL", default="")


def test_whoever_starts_the_product_reads_a_sentence_and_no_trace() -> None:
    with pytest.raises(SystemExit) as end, env.said_plainly():
        raise ImproperlyConfigured("PORT is 'abc': set it to a whole number, or leave it out")
    assert "PORT is 'abc'" in str(end.value)
