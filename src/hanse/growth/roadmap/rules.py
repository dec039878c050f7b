"""Rules of the roadmap: what is open to whom, and finding names in texts however they are written. Pure."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from html import unescape

from hanse.growth.roadmap.types import Embargo, Mentioned

MOST_WORDS, SHORTEST_WORD = 20, 3
LONG_WORD, ENDING = 5, 3
_DROPPED = {"Cf", "Mn", "Me", "Cc"}  # invisible ones and marks above letters: a name is the same without
_MARKUP = re.compile(r"[*`~\\\[\]]")
_NO_SPACES = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_ALIKE = str.maketrans("аеорсухкмнтвіѕј", "aeopcyxkmhtbisj")  # Cyrillic letters that look Latin


def is_under_embargo(until: datetime | None, now: datetime) -> bool:
    """Say whether an embargo is open."""
    return until is not None and now < until


def has_feature(
    feature: str, begins: datetime | None, ends: datetime | None, now: datetime, *, is_readable: bool
) -> bool:
    """Say whether a feature is on for somebody: it may be read, and now lies within its days."""
    return bool(feature) and is_readable and (begins is None or begins <= now) and (ends is None or now < ends)


def digest_of(values: Mapping[str, object]) -> str:
    """Return the SHA-256 of values in one fixed writing."""
    written = json.dumps(values, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(written.encode()).hexdigest()


def mentions_in(text: str, embargoes: Iterable[Embargo]) -> list[Mentioned]:
    """Return where a text mentions an embargoed name, each name of each embargo once, at its first place.

    A name is found whatever its capitals, accents, marks of Markdown, invisible characters, HTML entities and
    look-alike letters; its words may stand together or apart (Aurora Lamp, aurora-lamp, AuroraLamp); names of five
    letters and more also with an ending of up to three (Auroras). Where writing has no spaces, anywhere.
    """
    plain, found = None, []
    for embargo in embargoes:
        for word in embargo.words:
            pattern = _pattern(word)
            plain = _plain(text) if plain is None else plain
            if pattern is not None and pattern.search(plain):
                found.append(_place(text, pattern, embargo, word))
    return found


def _place(text: str, pattern: re.Pattern[str], embargo: Embargo, word: str) -> Mentioned:
    """Find where a name that is mentioned stands; that needs the slower way of reading."""
    folded, places = _folded(text)
    match = pattern.search(folded)
    if match is None:
        return Mentioned(embargo, word, 1, 1)
    start, end = places[match.start()], places[match.end() - 1] + 1
    line, column = text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
    return Mentioned(embargo, " ".join(text[start:end].split())[:80], line, column)


def is_findable(word: str) -> bool:
    """Say whether a name is long enough to be looked for: three letters or digits at least, two without spaces."""
    plain = re.sub(r"[\W_]+", "", _folded(word)[0])
    return len(plain) >= (2 if _NO_SPACES.search(plain) else SHORTEST_WORD)


@lru_cache(maxsize=512)
def _pattern(word: str) -> re.Pattern[str] | None:
    plain = _folded(word)[0]
    parts = re.findall(r"[^\W_]+", plain)
    if not parts:
        return None
    body = r"[\W_]{0,3}".join(map(re.escape, parts))
    if _NO_SPACES.search(plain):
        return re.compile(body)
    ending = rf"[^\W\d_]{{0,{ENDING}}}" if sum(map(len, parts)) >= LONG_WORD else "s?"
    return re.compile(rf"(?<![^\W_]){body}{ending}(?![^\W_])")


class _Kept(dict[int, int | None]):
    """Which characters are kept when names are compared, found once each."""

    def __missing__(self, code: int) -> int | None:
        one = chr(code)
        kept = code if unicodedata.category(one) not in _DROPPED or one in "\n\t" else None
        self[code] = kept
        return kept


_KEPT = _Kept()


def _plain(text: str) -> str:
    """Return a text as names are compared: as `_folded`, without the places, and much faster."""
    said = unicodedata.normalize("NFKD", _MARKUP.sub("", unescape(text)).casefold()).translate(_KEPT)
    return said.translate(_ALIKE) if _is_mixed(said) else said


def _folded(text: str) -> tuple[str, Sequence[int]]:
    """Return a text as names are compared, and for each of its characters where it came from."""
    letters, places = list[str](), list[int]()
    for place, character in _read(text):
        for one in unicodedata.normalize("NFKD", character.casefold()):
            if unicodedata.category(one) not in _DROPPED or one in "\n\t":
                letters.append(one)
                places.append(place)
    return "".join(letters).translate(_ALIKE) if _is_mixed(letters) else "".join(letters), places


def _read(text: str) -> Iterable[tuple[int, str]]:
    """Yield the characters of a text with their places, marks left out and entities as what they stand for."""
    place, entity = 0, re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,10});")
    while place < len(text):
        match = entity.match(text, place) if text[place] == "&" else None
        if match is not None:
            for one in unescape(match.group()):
                yield place, one
            place = match.end()
            continue
        if not _MARKUP.match(text[place]):
            yield place, text[place]
        place += 1


def _is_mixed(letters: Collection[str]) -> bool:
    """Say whether Latin and Cyrillic stand in one text: only then are look-alikes read as Latin."""
    said = "".join(letters)
    return re.search("[a-z]", said) is not None and re.search("[\u0400-\u04ff]", said) is not None
