"""Documents of office programs (DOCX, PPTX, XLSX): no macros, no objects inside, nothing fetched when opened."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.utils.translation import gettext as _

from hanse.growth.resources.files.archives import Entry, packed
from hanse.growth.resources.files.markup import SEPARATOR, BadMarkup, read_markup
from hanse.growth.resources.files.refusing import refuse
from hanse.growth.resources.files.types import Checked, FileKind
from hanse.growth.resources.files.vectors import is_drawing

CONTENTS = "[Content_Types].xml"
_MAIN: tuple[tuple[FileKind, str], ...] = (
    ("docx", "wordprocessingml.document.main+xml"), ("pptx", "presentationml.presentation.main+xml"),
    ("pptx", "presentationml.slideshow.main+xml"), ("xlsx", "spreadsheetml.sheet.main+xml"),
)  # fmt: skip
_ACTING_PART = re.compile(
    r"vba|macro|activex|oleobject|/embeddings/|/externallinks/|/macrosheets/|/dialogsheets/|/ctrlprops/|customui|\.(?:bin|"
    r"exe|dll|js|vbs|html?|mht|hta|ps1|bat|cmd|scr|jar|swf|rtf|docm|dotm|xlsm|pptm)$",
    re.IGNORECASE,
)
_HARMLESS_BIN = re.compile(r"/printersettings/", re.IGNORECASE)
_ACTING_RELATION = re.compile(
    r"attachedtemplate|oleobject|/package$|subdocument|afchunk|frame$|externallink|vbaproject|/control$|/ctrlprop|mailmerge"
    r"|webextension|customproperty$",
    re.IGNORECASE,
)
_DDE = re.compile(r"\b(?:DDE(?:AUTO)?|INCLUDETEXT|INCLUDEPICTURE|IMPORT)\b|\bddelink\b", re.IGNORECASE)
_BLANK = b"\xef\xbb\xbf\xff\xfe\0 \r\n\t"
_MOST_NODES = 300_000  # a sheet of 40,000 rows and a few columns
_SAFE_TARGET = re.compile(r"(?:https?://|mailto:|tel:)", re.IGNORECASE)
_DECLARED = tuple(text for mark in ("<!DOCTYPE", "<!ENTITY") for text in (
    mark.encode(), mark.encode("utf-16-le"), mark.encode("utf-16-be")
))  # fmt: skip


def check_office(entries: Sequence[Entry]) -> Checked:
    """Return a document packed anew of its parts. Raises Invalid for macros, objects, links that load, entities."""
    by_name = {entry.name: entry.content for entry in entries}
    kind = _kind(by_name[CONTENTS])
    for entry in entries:
        lowered = f"/{entry.name}"
        if _ACTING_PART.search(lowered) and not _HARMLESS_BIN.search(lowered):
            _refuse_active(entry.name)
        if _is_markup(entry):
            _check_part(entry)
    return Checked(kind, packed(entries))


def _is_markup(entry: Entry) -> bool:
    """A part is XML by its type, whatever its name; drawings among the pictures never act in such programs."""
    if entry.name.lower().endswith((".xml", ".rels", ".vml")):
        return True
    return entry.content[:99].lstrip(_BLANK).startswith(b"<") and not is_drawing(entry.content)


def _kind(contents: bytes) -> FileKind:
    text = contents.decode("utf-8", "replace").lower()
    if "macroenabled" in text or "vbaproject" in text:
        _refuse_active("macros")
    for kind, mark in _MAIN:
        if mark in text:
            return kind
    return refuse("unknown_kind", _("This document is of no kind that is taken. Save it as PDF, DOCX, PPTX or XLSX."))


def _check_part(entry: Entry) -> None:
    if any(mark in entry.content for mark in _DECLARED):
        refuse("entities", _("This document defines entities, which can unpack without end. Save it anew, or as PDF."))
    try:
        root = read_markup(entry.content, _MOST_NODES)
    except BadMarkup as bad:
        if bad.code in ("too_many", "too_deep"):
            refuse("too_complicated", _("This document is too long to be checked. Save it as PDF."))
        refuse("damaged", _("This document is damaged. Save it anew, or as PDF."))
    said = []
    for element in root.iter():
        name = element.tag.rpartition(SEPARATOR)[2]
        if name == "Relationship":
            _check_relation(element.get("Type") or "", element.get("Target") or "", element.get("TargetMode") or "")
        elif name in ("instrText", "ddeLink"):
            said.append(f"{name} {element.text or ''}" if name == "ddeLink" else element.text or "")
        elif name == "fldSimple":
            said += [f" {value} " for value in element.attrib.values()]
        elif name == "f":
            _check_formula(element.text or "")
    if _DDE.search("".join(said)):
        _refuse_active("DDE")


def _check_relation(kind: str, target: str, mode: str) -> None:
    if _ACTING_RELATION.search(kind):
        _refuse_active(kind.rpartition("/")[2])
    if mode.lower() == "external" and not (kind.endswith("/hyperlink") and _SAFE_TARGET.match(target.strip())):
        refuse(
            "outside", _("This document loads something from elsewhere when it is opened. Put it in, or save as PDF.")
        )


def _check_formula(text: str) -> None:
    if re.search(r"\|'?[^|]*'?!|\b(?:WEBSERVICE|CALL|EXEC|REGISTER)\s*\(", text, re.IGNORECASE):
        _refuse_active("formula")


def _refuse_active(what: str) -> None:
    refuse("macros", _("This document can act by itself (%(what)s). Save it without macros and objects, or as PDF.") % {
        "what": what[:60]
    })  # fmt: skip
