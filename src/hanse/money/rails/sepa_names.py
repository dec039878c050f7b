"""What SEPA takes: the Latin character set of its rulebooks, the countries of its schemes."""

from __future__ import annotations

import re

from text_unidecode import unidecode

_ALLOWED = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")
_SLASHES = re.compile(r"/(?: */)+")
_INSTEAD = {"&": "+", "@": "(at)", "_": "-", '"': "'", "`": "'", "[": "(", "]": ")", "{": "(", "}": ")", ";": ","}
EEA = frozenset(
    (
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS", "IT", "LI",
        "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
    )
)  # fmt: skip
OUTSIDE_EEA = frozenset(("AD", "AL", "CH", "GB", "GI", "MC", "MD", "ME", "MK", "RS", "SM", "VA"))
COUNTRIES = EEA | OUTSIDE_EEA


def sepa_text(text: str, limit: int) -> str:
    """Return a text in SEPA's character set, within a length: other letters by their Latin sound, the rest as dots.

    The rulebooks allow no slash at either end, and no two in a row.
    """
    latin = "".join(
        character if character.isascii() else unidecode(character) or "." for character in " ".join(text.split())
    )
    plain = "".join(_INSTEAD.get(character, character) for character in latin)
    plain = _SLASHES.sub("/", " ".join(_ALLOWED.sub(".", plain).split()))
    return plain.lstrip("/ ")[:limit].rstrip("/ ")
