"""Settings from the environment, read strictly: a wrong value stops the start and names its variable."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_MISSING = object()


@contextmanager
def said_plainly() -> Iterator[None]:
    """End with the sentence alone when a setting is wrong: whoever starts the product set it, and reads it."""
    try:
        yield
    except ImproperlyConfigured as error:
        raise SystemExit(f"The settings stop the start. {error}") from error


def env_text(name: str, default: str) -> str:
    """A text; the default when the variable is not set."""
    return os.environ.get(name, default)


def envchoice(name: str, choices: Sequence[str], *, default: str) -> str:
    """One of some words."""
    value = os.environ.get(name) or default
    if value not in choices:
        raise ImproperlyConfigured(
            f"{name} is {value!r}: set it to one of {', '.join(choices)}, or leave it out"
        )
    return value


def envurl(name: str, *, default: str) -> str:
    """The address of a web site, without the slash at its end; empty when neither it nor a default is set."""
    value = (os.environ.get(name) or default).rstrip("/")
    if not value:
        return ""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ImproperlyConfigured(
            f"{name} is {value!r}: set it to an address such as https://budgets.example.gov.uk"
        )
    return value


def origin_of(address: str) -> list[str]:
    """Scheme and host of an address as a security policy names them; nothing for no address."""
    parts = urlsplit(address)
    return [f"{parts.scheme}://{parts.netloc}"] if address else []


def envbool(name: str, *, default: bool) -> bool:
    """True, False or not set; anything else is refused."""
    value = os.environ.get(name)
    if value in (None, ""):
        return default
    if value not in ("True", "False"):
        raise ImproperlyConfigured(f"{name} is {value!r}: set it to True or False, or leave it out")
    return value == "True"


def envint(name: str, *, default: int) -> int:
    """A whole number, nil or more."""
    value = os.environ.get(name)
    if value in (None, ""):
        return default
    if not (value.isascii() and value.isdigit()):
        raise ImproperlyConfigured(
            f"{name} is {value!r}: set it to a whole number, or leave it out"
        )
    return int(value)


def envlist(name: str, *, default: list[str]) -> list[str]:
    """Names separated by commas."""
    value = os.environ.get(name)
    return (
        default
        if value in (None, "")
        else [part.strip() for part in value.split(",") if part.strip()]
    )


def read_env_file(path: Path) -> None:
    """Take NAME=value lines from a file into the environment, where they are not set already.

    Lines that start with # and empty lines are left out; quotes around a value are dropped.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, equals, value = line.partition("=")
        if not equals or not name.strip().isidentifier():
            raise ImproperlyConfigured(f"{path}, line {number}: write it as NAME=value")
        value = value.strip()
        if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        os.environ.setdefault(name.strip(), value)


def envsecret(name: str, *, default: str | None) -> str:
    """A secret, from the variable or from the file that NAME_FILE names."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(
                f"{name}_FILE is {path!r}, which cannot be read: {error.strerror}"
            ) from error
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(
            f"{name} is not set: set it, or {name}_FILE to a file that holds it"
        )
    return value


def envdatabase(name: str) -> dict[str, Any]:
    """A PostgreSQL address (``postgresql://user:password@host:5432/name``) as Django's database settings.

    A socket folder is given as ``?host=/folder``. Unset gives settings that cannot connect, so that
    commands which need no database still run.
    """
    value = os.environ.get(name)
    if not value:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": "council_hms",
            "HOST": "/database-url-is-not-set",
        }
    try:
        parts = urlsplit(value)
        port = str(parts.port or "")
    except ValueError:
        parts, port = urlsplit(""), ""
    if parts.scheme not in ("postgres", "postgresql") or not parts.path.strip("/"):
        # The value holds a password, so the message does not repeat it.
        raise ImproperlyConfigured(
            f"{name}: set it to postgresql://user:password@host:port/database"
        )
    query = parse_qs(parts.query)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host", [unquote(parts.hostname or "")])[0],
        "PORT": port,
    }
