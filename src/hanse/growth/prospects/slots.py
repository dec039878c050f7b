"""Slots of letters: which there are, and filling them; a letter with an empty slot is never whole."""

from __future__ import annotations

import re
from collections.abc import Mapping

from hanse.growth.prospects.types import Draft

SLOTS = ("name", "named_by_count", "quote", "content", "own_text", "referrer", "program", "sender")
_SLOT = re.compile(r"{{\s*([^{}]*?)\s*}}")
_BRACES = re.compile(r"{{|}}")


def slots_of(text: str) -> list[str]:
    """Return the slots of a text in order, each once."""
    return list(dict.fromkeys(found[1] for found in _SLOT.finditer(text)))


def unknown_slots(text: str) -> list[str]:
    """Return what is written like a slot and is none; braces that do not fit together count as one."""
    unknown = [name for name in slots_of(text) if name not in SLOTS]
    return [*unknown, "{{"] if _BRACES.search(_SLOT.sub("", text)) else unknown


def fill(subject: str, body: str, values: Mapping[str, str]) -> Draft:
    """Put evidence into a letter. A slot without any stays as it is written and is named as missing."""
    wanted = slots_of(f"{subject}\n{body}")
    missing = tuple(name for name in wanted if not values.get(name, "").strip())

    def put(found: re.Match[str]) -> str:
        return values.get(found[1], "").strip() or found[0]

    return Draft(" ".join(_SLOT.sub(put, subject).split()), _SLOT.sub(put, body), missing)
