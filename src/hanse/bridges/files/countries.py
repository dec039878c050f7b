"""Country names as shops write them, as two capital letters."""

from __future__ import annotations

from functools import cache

from babel import Locale

_ALIASES = {
    "eire": "IE",
    "rsa": "ZA",
    "usa": "US",
    "uk": "GB",
    "england": "GB",
    "korea": "KR",
    "czech republic": "CZ",
    "hong kong": "HK",
    "channel islands": "JE",
}


def country_code(name: str) -> str:
    """Return the ISO 3166 code of a country's English name or code; "" when it names none (“Unspecified”)."""
    text = name.strip()
    if len(text) == 2 and text.isascii() and text.isupper() and text in _codes().values():
        return text
    return _codes().get(text.lower(), "")


@cache
def _codes() -> dict[str, str]:
    territories = Locale("en").territories
    return {name.lower(): code for code, name in territories.items() if len(code) == 2 and code.isalpha()} | _ALIASES
