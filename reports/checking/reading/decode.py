"""Bytes of text as text: byte order marks, UTF-8, UTF-16 without a mark, otherwise Windows' Western letters."""

from __future__ import annotations

import codecs

from reports.checking.reading.limits import ReadError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode(content: bytes) -> str:
    """The text. ReadError when the bytes are no text at all."""
    text = _decoded(content).replace("\r\n", "\n").replace("\r", "\n")
    control = sum(
        1 for character in text[:20_000] if character < " " and character not in "\t\n\f\x0b\x1a"
    )
    if control > 5 + len(text[:20_000]) // 500:
        raise ReadError(
            "This is not a text file, nor a kind of document that can be read. "
            "Save it as Word (.docx), PDF with text, Excel (.xlsx) or plain text, and upload that."
        )
    return text.replace("\x00", "")


def _decoded(content: bytes) -> str:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    head = content[:4000]
    if len(head) >= 4 and head[1::2].count(0) > len(head) * 0.3:
        return content.decode("utf-16-le", "replace")
    if len(head) >= 4 and head[::2].count(0) > len(head) * 0.3:
        return content.decode("utf-16-be", "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")
