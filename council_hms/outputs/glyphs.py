"""Which characters our PDF font can print, and what stands for those that it cannot.

PDF/UA wants every character to have a glyph. A full-width or ligature form becomes its plain one, an
invisible character goes, anything else that the font lacks becomes an empty box: the reader sees that
something was there. Word, Excel and the page keep the words as they were written.
"""

from __future__ import annotations

import struct
import unicodedata
from functools import cache
from pathlib import Path

_FONT = Path(__file__).parent / "fonts" / "LiberationSans-Regular.ttf"
_BOX = "□"


@cache
def printed() -> frozenset[int]:
    """The code points that the font has a glyph for, read from its character map (format 4)."""
    font = _FONT.read_bytes()
    tables = struct.unpack_from(">H", font, 4)[0]
    for place in range(tables):
        tag, _, start, _ = struct.unpack_from(">4sIII", font, 12 + 16 * place)
        if tag == b"cmap":
            break
    else:
        raise ValueError(f"{_FONT.name} has no character map")
    for place in range(struct.unpack_from(">H", font, start + 2)[0]):
        platform, encoding, offset = struct.unpack_from(">HHI", font, start + 4 + 8 * place)
        form = struct.unpack_from(">H", font, start + offset)[0]
        if (platform, form) == (3, 4) and encoding == 1:
            return _segments(font, start + offset)
    raise ValueError(f"{_FONT.name} has no map of Unicode")


def _segments(font: bytes, at: int) -> frozenset[int]:
    count = struct.unpack_from(">H", font, at + 6)[0] // 2
    ends, starts = at + 14, at + 16 + 2 * count
    deltas, offsets = starts + 2 * count, starts + 4 * count
    found = set()
    for place in range(count):
        last = struct.unpack_from(">H", font, ends + 2 * place)[0]
        first = struct.unpack_from(">H", font, starts + 2 * place)[0]
        delta = struct.unpack_from(">H", font, deltas + 2 * place)[0]
        offset = struct.unpack_from(">H", font, offsets + 2 * place)[0]
        for code in range(first, last + 1):
            if offset:
                where = offsets + 2 * place + offset + 2 * (code - first)
                glyph = struct.unpack_from(">H", font, where)[0] if where + 2 <= len(font) else 0
                glyph = (glyph + delta) & 0xFFFF if glyph else 0
            else:
                glyph = (code + delta) & 0xFFFF
            if glyph and code != 0xFFFF:
                found.add(code)
    return frozenset(found)


def printable_in_pdf(text: str) -> str:
    """The text with every character one that the font prints; line ends and tabs as they are."""
    if text.isascii():
        return text
    have = printed()
    if all(ord(character) in have or character in "\n\r\t" for character in text):
        return text
    out = []
    for character in unicodedata.normalize("NFC", text):
        if ord(character) in have or character in "\n\r\t":
            out.append(character)
            continue
        plain = unicodedata.normalize("NFKC", character)
        if all(ord(each) in have for each in plain):
            out.append(plain)
        elif unicodedata.category(character) not in ("Cf", "Mn", "Me"):
            out.append(_BOX)
    return "".join(out)
