"""Searching texts by words: forgiving about endings, accents and slips, the same on every engine. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

_WORD = re.compile(r"[^\W_]+")
_IDEOGRAPHS = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]")  # written without blanks: looked for in pieces
_WEIGHTS: Final = (5.0, 3.0, 1.0)  # the question, the topic, the answer
_MOST_WORDS, _MOST_QUERY, _SHORT = 12, 200, 3
_SMALL = frozenset({
    "a", "an", "and", "are", "as", "at", "be", "by", "can", "do", "does", "for", "from", "how", "i", "if", "in",
    "is", "it", "me", "my", "of", "on", "or", "our", "so", "that", "the", "this", "to", "we", "what", "when",
    "where", "which", "who", "why", "will", "with", "you", "your",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Document:
    """A text that can be found: what it is known by, its title, its topic, what it says."""

    key: Hashable
    title: str
    topic: str
    body: str


def search(query: str, documents: Iterable[Document]) -> list[Hashable]:
    """Return the keys of what answers a query, the best first; "" finds everything in the order given.

    Every word of the query that says something must be found, as it is, as a beginning, or written nearly so; only very
    short ones, and pieces of ideographs, may be missing beside others.
    """
    wanted = _query_words(query)
    if not wanted:
        return [one.key for one in documents]
    scored = []
    for place, document in enumerate(documents):
        points = _points(wanted, document)
        if points > 0:
            scored.append((-points, place, document.key))
    return [key for _points_, _place, key in sorted(scored, key=lambda one: one[:2])]


def _query_words(query: str) -> list[str]:
    words = list(dict.fromkeys(_words(query[:_MOST_QUERY])))
    telling = [word for word in words if word not in _SMALL]
    return (telling or words)[:_MOST_WORDS]


def _points(wanted: Sequence[str], document: Document) -> float:
    parts = [_words(text) for text in (document.title, document.topic, document.body)]
    total = 0.0
    for word in wanted:
        best = max(
            weight * _likeness(word, tuple(part)) for weight, part in zip(_WEIGHTS, parts, strict=True) if part
        ) if any(parts) else 0.0  # fmt: skip
        if best == 0 and len(word) > _SHORT:
            return 0.0
        total += best
    return total


def _likeness(word: str, words: tuple[str, ...]) -> float:
    """Return 1 for the word itself, less for one that it begins or ends alike, less still for a slip; 0 for none."""
    if word in words:
        return 1.0
    if len(word) >= 3 and any(one.startswith(word) or (len(one) >= 4 and word.startswith(one)) for one in words):
        return 0.8
    slips = 0 if len(word) < 4 else 1 if len(word) < 6 else 2
    near = [one for one in words if one[0] == word[0]] if len(word) < 6 else words
    found = process.extractOne(word, near, scorer=OSA.distance, score_cutoff=slips) if slips else None
    return 0.5 * (1 - found[1] / len(word)) if found else 0.0


@lru_cache(maxsize=4096)
def _words(text: str) -> tuple[str, ...]:
    """Return a text's words folded: small letters without accents; ideographs in pieces of two."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(one for one in plain if not unicodedata.combining(one)).replace("ł", "l")
    found: list[str] = []
    for word in _WORD.findall(plain):
        if _IDEOGRAPHS.search(word):
            found += [word[place : place + 2] for place in range(max(1, len(word) - 1))]
        else:
            found.append(word)
    return tuple(dict.fromkeys(found))
