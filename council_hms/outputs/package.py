"""Office files are zip packages; this rewrites one so that the same content always gives the same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping

#: The earliest moment a zip can hold: entries never carry the clock's time.
_FIXED = (1980, 1, 1, 0, 0, 0)


def repack(package: bytes, edits: Mapping[str, Callable[[bytes], bytes]] | None = None) -> bytes:
    """The package with fixed times and order kept, parts changed by ``edits`` (part name → how)."""
    edits = edits or {}
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(package)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as new,
    ):
        for entry in old.infolist():
            part = old.read(entry)
            if entry.filename in edits:
                part = edits[entry.filename](part)
            fixed = zipfile.ZipInfo(entry.filename, _FIXED)
            fixed.compress_type = zipfile.ZIP_DEFLATED
            fixed.external_attr = 0o600 << 16
            new.writestr(fixed, part)
    return out.getvalue()
