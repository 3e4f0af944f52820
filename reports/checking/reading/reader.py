"""Tells what kind of file a report is, and has it read in a limited child process."""

from __future__ import annotations

import io
import re
import zipfile
from importlib import import_module

from reports.checking.paper import Paper
from reports.checking.reading.decode import decode
from reports.checking.reading.limits import (
    LARGEST_FILE,
    LARGEST_UNPACKED,
    MEGABYTE,
    MOST_PARTS,
    ReadError,
)

#: Format of the content → the module that reads it.
_MODULES = {
    "docx": "word",
    "pdf": "pdf",
    "html": "web",
    "md": "markdown",
    "txt": "plain",
    "xlsx": "workbook",
    "ods": "old_workbook",
    "xls": "old_workbook",
    "csv": "delimited",
}
#: What people may upload, as an upload form and its errors name it.
READS = "Word (.docx), PDF with text, Excel (.xlsx, .xls, .ods), HTML, Markdown, plain text or CSV"

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"BM")


def read(content: bytes, name: str) -> Paper:
    """The report in a file. ``name`` tells apart only what the content leaves open (.csv, .md, .txt).

    Raises ReadError, whose text says what to do, for a file that is none of these, is damaged, locked by
    a password or larger than may be read. Never runs anything that a file contains.
    """
    from reports.checking.reading import child

    if len(content) > LARGEST_FILE:
        raise ReadError(
            f"The file is larger than {LARGEST_FILE // MEGABYTE} MB. Take out pictures or split it."
        )
    if not content.strip():
        raise ReadError("The file is empty. Choose the report itself.")
    return child.read(content, kind_of(content, name))


def read_here(content: bytes, format: str) -> Paper:
    """The report in a file of a known format, read in this process."""
    module = import_module(f"reports.checking.reading.{_MODULES[format]}")
    paper: Paper = module.read(content, format)
    if not paper.blocks:
        raise ReadError(
            "No text was found in the file. If it is a scan, have it made searchable (OCR) first; "
            "if it is a document with pictures of tables, upload the original."
        )
    return paper


def kind_of(content: bytes, name: str) -> str:
    """The format by content: docx, pdf, html, md, txt, xlsx, ods, xls or csv. ReadError for anything else."""
    ending = name.lower().rpartition(".")[2]
    if b"%PDF-" in content[:1024]:
        return "pdf"
    if content.startswith(b"PK"):
        return _packed(content)
    if content.startswith(_OLE):
        return _compound(content)
    if content.startswith(b"{\\rtf"):
        raise ReadError(
            "This is a rich text file (RTF). Open it in Word, save it as .docx and upload that."
        )
    if content.startswith(_PICTURES):
        raise ReadError("This is a picture. Upload the document itself, or a PDF with text.")
    text = decode(content[: 2 * MEGABYTE])
    if re.match(
        r"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body)\b",
        text,
        re.I | re.S,
    ):
        return "html"
    if ending in ("html", "htm", "xhtml") and "<" in text:
        return "html"
    if ending in ("csv", "tsv"):
        return "csv"
    if ending in ("md", "markdown"):
        return "md"
    return "txt"


def _packed(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
            names = {part.filename for part in parts}
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
                raise ReadError(
                    f"Unpacked, the file is larger than {LARGEST_UNPACKED // MEGABYTE} MB. "
                    "Take out pictures and unused sheets, and save it again."
                )
            kind = (
                package.read("mimetype").decode("ascii", "replace").strip()
                if "mimetype" in names
                else ""
            )
    except ReadError:
        raise
    except Exception as error:  # a damaged package raises anything from BadZipFile to struct.error
        raise ReadError(
            "The file is damaged or not complete. Open it in the program that made it, save it again and upload that."
        ) from error
    if "word/document.xml" in names or any(
        re.fullmatch(r"word/document\d*\.xml", each) for each in names
    ):
        return "docx"
    if any(each in names for each in ("xl/workbook.xml", "xl/workbook2.xml")):
        return "xlsx"
    if kind.startswith("application/vnd.oasis.opendocument.spreadsheet"):
        return "ods"
    if kind.startswith("application/vnd.oasis.opendocument.text"):
        raise ReadError(
            "This is an OpenDocument text (.odt). Save it as Word (.docx) and upload that."
        )
    if "xl/workbook.bin" in names:
        raise ReadError("This is a binary workbook (.xlsb). Save it as .xlsx and upload that.")
    if "ppt/presentation.xml" in names:
        raise ReadError("This is a presentation. Save it as PDF and upload that.")
    raise ReadError(
        f"This is a packed file and none of the kinds that can be read. Upload {READS}."
    )


def _compound(content: bytes) -> str:
    wide = {
        word: word.encode("utf-16-le") in content
        for word in ("EncryptedPackage", "WordDocument", "Workbook", "Book")
    }
    if wide["EncryptedPackage"]:
        raise ReadError(
            "The file is locked with a password. Save a copy without the password and upload that."
        )
    if wide["WordDocument"]:
        raise ReadError(
            "This is a Word document of the old kind (.doc). Save it as .docx and upload that."
        )
    if wide["Workbook"] or wide["Book"]:
        return "xls"
    raise ReadError(f"This is none of the kinds of file that can be read. Upload {READS}.")
