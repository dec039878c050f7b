"""Names of files: what a browser, a disk and a reader can take. Pure."""

from __future__ import annotations

import re
import unicodedata

from hanse.growth.resources.files.types import EXTENSIONS

MOST_BYTES = 120
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)", re.IGNORECASE)
_NOT_IN_NAMES = re.compile(r'[<>:"|?*%#&\s]+')


def safe_name(name: str, kind: str) -> str:
    """Return a name for a file of this kind: no folders, nothing unseen or turning, the ending of what it really is.

    Names are mended, never refused: `../../CON.exe` of a picture becomes `CON_.png`.
    """
    base = re.split(r"[/\\]", name)[-1]
    base = "".join(one for one in unicodedata.normalize("NFC", base) if _can_stay(one))
    stem = _NOT_IN_NAMES.sub(" ", base).strip(" .")
    ending = EXTENSIONS[kind][0]
    for known in (*EXTENSIONS[kind], *(end for ends in EXTENSIONS.values() for end in ends)):
        if stem.lower().endswith(known):
            ending = known if known in EXTENSIONS[kind] else ending
            stem = stem[: -len(known)].rstrip(" .")
            break
    stem = _cut(stem, MOST_BYTES - len(ending)).strip(" .") or "file"
    return f"{stem}_{ending}" if _RESERVED.fullmatch(stem.split(".")[0]) else f"{stem}{ending}"


def path_problem(name: str) -> str:
    """Say in a code why a name inside an archive cannot be unpacked safely; "" where it can."""
    if not name or len(name.encode("utf-8", "replace")) > 240:
        return "name_length"
    if any(not _can_stay(one) for one in name):
        return "name_unseen"
    parts = name.rstrip("/").split("/")
    if name.startswith("/") or "\\" in name or ":" in name or any(part in ("", ".", "..") for part in parts):
        return "name_leads_out"
    if any(_RESERVED.fullmatch(part.split(".")[0].strip()) or part != part.rstrip(" .").lstrip() for part in parts):
        return "name_reserved"
    return ""


def shown_name(name: str) -> str:
    """Return a name as it may stand in a sentence: short, without anything unseen."""
    return "".join(one for one in name if _can_stay(one))[:80]


def _can_stay(character: str) -> bool:
    """Letters, marks, digits, signs, emoji and blanks; no controls, no turning of direction, no half characters."""
    if character == "\u200d":  # joins emoji
        return True
    return unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def _cut(text: str, most_bytes: int) -> str:
    return text.encode("utf-8", "ignore")[:most_bytes].decode("utf-8", "ignore")
