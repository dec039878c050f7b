"""From a free answer to the names in it: "from python import, talk python to me" holds two."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from hanse.growth.mentions.keys import host_of, name_key
from hanse.growth.mentions.words import GENERIC, NOTHING

LONGEST_NAME = 120
MOST_NAMES = 40
_MOST_WORDS_BESIDE = 3  # what is cut off beside a known name
_MOST_WORDS = 7  # a longer piece without a comma is a sentence about something, not a name

_LISTED = re.compile(r"[\n\r;|•·]+|,(?!\d{3}\b)|(?<!:)(?<![:/])\s/\s|\s+[–—]\s+")
_JOINED = re.compile(r"\s+(?:and|und|et|y|i|и|oraz|&|\+|amd)\s+|/(?!/)|\s+-\s+|(?<=[^\s.]{3})\.\s+(?=\S)", re.I)
_BLANKS = re.compile(r"[^\S\n\r]+")  # many in a row would be looked through again from each of them
_BRACKET = re.compile(r"[(\[]([^()\[\]]*)[)\]]?")
_MAKER = re.compile(r"\s+(?:by|from)\s+@?\S.*$", re.I)
_PLACE = re.compile(
    r"\s+(?:on|via|in)\s+(?:the\s+)?(?:youtube|ios|android|itunes|spotify|twitter|x|instagram|tiktok)\b.*$", re.I
)
_LEAD = re.compile(r"^(?:and|or|also|e\.g\.|i\.e\.|like)\s+", re.I)
_TAIL = re.compile(
    r"(?:^|\s+)(?:(?:and|&|or)\s+)?(?:(?:many|several|some|a\s+few|among|amongst|and)\s+)*"
    r"(?:others?|more|etc|as\s+a\s+whole|in\s+general)\s*$",
    re.I,
)
_VAGUE = re.compile(r"^(?:various|several|different|some|many|any|general|random|other|stuff|just|lots?\s+of)\b", re.I)
_ADDRESS = re.compile(r"\S\s+(https?://[^\s,;]+)", re.I)
_EDGES = " \t.,:;!?\"'*<>{}“”„«»-–—_~`|\\"

_DENIAL = re.compile(
    r"^(?:i\s+|i'm\s+|iv?e?\s+)?(?:really\s+)?(?:none|never|not|no|nothing|haven['’]?t|have\s+not|hav?n['’]?t|don['’]?t|do\s+not|"
    r"did\s+not|didn['’]?t|can['’]?t|cannot|wasn['’]?t|just\s+start)\b",
    re.I,
)
_DENIED = re.compile(
    r"\b(?:any|anything|anyone|one|yet|listen\w*|heard|hear|watch\w*|used?|using|tried|try|podcasts?|know|knew|idea|of\s+th\w+|"
    r"really|time|seen|looked|look|done|sure|specific|so\s+far|start\w*|stuck|explored|delved|been|prefer)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was read from one answer: the `names`, and the pieces too `unclear` to be one."""

    names: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()


def read_answer(text: str, is_known: Callable[[str], bool] = lambda key: False) -> Answer:
    """Return the names in an answer, in their order and once each; none for "n/a" and its kind.

    Where a word may join two names or belong to one ("Build and Analyze"), `is_known` decides: one side must be a key
    that is known already, and the others short.
    """
    text = _BLANKS.sub(" ", text)
    if _denies(text):
        return Answer()
    names: dict[str, str] = {}
    unclear: list[str] = []
    for piece in _pieces(text, is_known):
        key = name_key(piece)
        if len(key) < 2 or key in NOTHING or key.rstrip("s") in GENERIC or _VAGUE.match(piece) or _denies(piece):
            continue
        if len(piece.split()) > _MOST_WORDS or len(piece) > LONGEST_NAME or len(names) >= MOST_NAMES:
            unclear.append(piece)
        else:
            names.setdefault(key, piece)
    return Answer(tuple(names.values()), tuple(unclear))


def certain_names(text: str) -> tuple[str, ...]:
    """Return the names that stand alone in an answer: what a first reading of many answers may call known."""
    pieces = list(_listed(text))
    return tuple(name for name in read_answer(text).names if name in pieces and not _JOINED.search(name))


def _pieces(text: str, is_known: Callable[[str], bool]) -> Iterator[str]:
    for piece in _listed(text):
        yield from _taken_apart(piece, is_known)


def _listed(text: str) -> Iterator[str]:
    """Cut at commas, lines and the like; a list in brackets is one too, a remark in brackets is left out."""
    lists: list[str] = []
    text = _BLANKS.sub(" ", text)

    def noted(found: re.Match[str]) -> str:
        if "," in found[1] or ";" in found[1]:
            lists.append(found[1])
        return " "

    for part in (_BRACKET.sub(noted, text), *lists):
        for piece in _LISTED.split(part):
            if trimmed := _trimmed(piece):
                yield trimmed


def _taken_apart(piece: str, is_known: Callable[[str], bool]) -> list[str]:
    """Cut one piece at joining words, where one side is known and each could be a name."""
    if host_of(piece):
        return [piece]
    sides = [side for cut in _JOINED.split(piece) if (side := _trimmed(cut))]
    whole = len(piece.split()) <= _MOST_WORDS and is_known(name_key(piece))
    if len(sides) < 2 or whole:
        return [piece]
    stands = [_stands_alone(side, is_known) for side in sides]
    fits = all(alone or len(side.split()) <= _MOST_WORDS_BESIDE for side, alone in zip(sides, stands, strict=True))
    return sides if any(stands) and fits else [piece]


def _stands_alone(side: str, is_known: Callable[[str], bool]) -> bool:
    key = name_key(side)
    return is_known(key) or key.rstrip("s") in GENERIC or bool(host_of(side))


def _trimmed(piece: str) -> str:
    """Return a piece without what stands around the name: marks, "and others", "on YouTube", "by somebody"."""
    if address := _ADDRESS.search(piece):
        return address[1]  # "those posted on https://…"
    bare = piece.strip(_EDGES)
    for around in (_LEAD, _TAIL, _PLACE, _MAKER):
        shorter = around.sub("", bare).strip(_EDGES)
        bare = shorter if len(shorter) > 2 or around is _TAIL else bare
    return f".{bare}" if bare and piece.strip().startswith(".") else bare  # ".NET Rocks"


def _denies(text: str) -> bool:
    """Say whether a text says "nobody" in a sentence: "I haven't listened to any yet"."""
    found = _DENIAL.match(text.strip(_EDGES + "("))
    return bool(found and _DENIED.search(text, found.end() - 1))
