"""Whether a PDF can be given to the public as it is: whole, open, of paper alone, with nothing in it that runs.

Called in the limited child (child.py).
"""

from __future__ import annotations

import io
from typing import Any

import pikepdf

from reports.checking.reading.limits import MOST_ATTACHED_PAGES, ReadError

_AGAIN = "Print or save it as a PDF anew, and attach that"
#: What a reader would run, send or open by itself (ISO 32000-1, 12.6.4), and annotations that carry other files.
_ACTIONS = {
    "/JavaScript",
    "/Launch",
    "/SubmitForm",
    "/ImportData",
    "/Rendition",
    "/GoToE",
    "/GoToR",
}
_CARRIERS = {"/FileAttachment", "/RichMedia", "/Screen", "/Movie", "/Sound", "/3D"}
_KEYS = {
    "/JS": "a script",
    "/EF": "a file inside it",
    "/EmbeddedFiles": "a file inside it",
    "/XFA": "a form that works by itself",
}
#: Deeper than any writer nests what stands directly in another.
_DEEPEST = 40


def inspected(content: bytes) -> dict[str, Any]:
    """``pages`` and whether it is ``tagged`` for screen readers. Raises ReadError with what to do."""
    try:
        with pikepdf.open(io.BytesIO(content)) as opened:
            if opened.is_encrypted:
                raise ReadError(
                    f"The PDF is protected, so that not everybody could use it. {_AGAIN}"
                )
            pages = len(opened.pages)
            if pages == 0:
                raise ReadError("The PDF has no pages. Choose the file again")
            if pages > MOST_ATTACHED_PAGES:
                raise ReadError(
                    f"The PDF has {pages} pages; at most {MOST_ATTACHED_PAGES} can be attached. "
                    "Split it into two appendices"
                )
            for held in opened.objects:
                if what := _runs(held, 0):
                    raise ReadError(
                        f"The PDF holds {what}, which is not given to the public. {_AGAIN}"
                    )
            return {"pages": pages, "tagged": "/StructTreeRoot" in opened.Root}
    except pikepdf.PasswordError as error:
        raise ReadError(f"The PDF asks for a password. {_AGAIN}") from error
    except pikepdf.PdfError as error:
        raise ReadError(f"The file is damaged or no PDF. {_AGAIN}") from error


def _runs(held: Any, depth: int) -> str:
    """What an object does or carries by itself; empty for what is only paper."""
    if depth > _DEEPEST:
        raise ReadError(f"The PDF is made in an unusual way. {_AGAIN}")
    if isinstance(held, pikepdf.Array):
        parts: list[Any] = list(held)
    elif isinstance(held, pikepdf.Dictionary | pikepdf.Stream):
        if str(held.get("/S", "")) in _ACTIONS:
            return "something that a reader would run or send by itself"
        if str(held.get("/Subtype", "")) in _CARRIERS:
            return "a film, sound or file inside it"
        names = set(held.keys())
        for key, what in _KEYS.items():
            if key in names:
                return what
        parts = [held[key] for key in names]
    else:
        return ""
    # what stands elsewhere in the file is met there
    inside = (part for part in parts if not getattr(part, "is_indirect", False))
    return next((what for part in inside if (what := _runs(part, depth + 1))), "")
