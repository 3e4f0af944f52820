"""A reader without any right to exempt matter, for what leaves the pages: mail, stored texts."""

from __future__ import annotations

from dataclasses import dataclass

from council_hms.access import Permission


@dataclass(frozen=True, slots=True)
class OpenReader:
    """Sees the projects it is given and nothing exempt. Stands in for ``user`` in ``visible_to`` and Scope."""

    pk: None = None
    is_authenticated: bool = True
    permissions: frozenset[Permission] = frozenset({Permission.SEE_ALL_PROJECTS})


OPEN_READER = OpenReader()
