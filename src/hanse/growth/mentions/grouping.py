"""Which names are one: spelling variants meet, different names stay apart; what a person decided comes first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

_DIGITS = re.compile(r"\d")
_LOOKED_FOR = 300  # leaders whose names are looked for inside longer ones
_SHORTEST_HINT = 6
_MOST_EDITS = ((13, 3), (8, 2), (7, 1))  # from this many letters on, so many slips of the pen are one name


@dataclass(slots=True)
class Groups:
    """Keys brought together under leading keys. Feed the frequent ones first: they lead.

    `decided` are a person's merges and splits: a key there belongs where it says, for ever.
    """

    decided: Mapping[str, str] = field(default_factory=dict)
    leader_of: dict[str, str] = field(default_factory=dict)
    _by_shape: dict[tuple[str, str, int], list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for leader in sorted(set(self.decided.values())):
            self._lead(leader)
        self.leader_of.update(self.decided)

    def add(self, keys: Iterable[str]) -> None:
        """Take keys in, each to its nearest leader or as a leader of its own."""
        for key in keys:
            if key not in self.leader_of:
                nearest = self._nearest(key)
                self.leader_of[key] = nearest or key
                if not nearest:
                    self._lead(key)

    def _lead(self, key: str) -> None:
        self.leader_of.setdefault(key, key)
        self._by_shape.setdefault(_shape(key), []).append(key)

    def _nearest(self, key: str) -> str:
        """Return the leader with the fewest slips between, "" when all are too far. Ties: the earlier leader."""
        allowed = most_edits(len(key))
        best, fewest = "", allowed + 1
        initial, digits, length = _shape(key)
        for near in range(length - allowed, length + allowed + 1):
            leaders = self._by_shape.get((initial, digits, near))
            if not leaders:
                continue
            most = min(allowed, most_edits(min(length, near)), fewest - 1)
            for found, distance, _ in extract(key, leaders, scorer=OSA.distance, score_cutoff=most, limit=1):
                best, fewest = found, int(distance)
        return best


def most_edits(length: int) -> int:
    """Return how many slips a name of so many letters may have and still be the same name."""
    return next((edits for letters, edits in _MOST_EDITS if length >= letters), 0)


def _shape(key: str) -> tuple[str, str, int]:
    """Return what two spellings of one name share: the initial, the digits; and the length, to look nearby."""
    return key[:1], "".join(_DIGITS.findall(key)), len(key)


def likely_same(leaders: Iterable[str], most: int = 50) -> list[tuple[str, str]]:
    """Return pairs that a person may want to merge: one key ends or begins with the other. The first ones lead.

    Only the first `leaders` (the most named) are looked for in the others, so that the work grows with their number.
    """
    ordered = list(leaders)
    pairs: list[tuple[str, str]] = []
    for place, short in enumerate(ordered[:_LOOKED_FOR]):
        if len(short) < _SHORTEST_HINT:
            continue
        for long in ordered[:place] + ordered[place + 1 :]:
            if len(long) > len(short) and (long.startswith(short) or long.endswith(short)):
                pairs.append((short, long))
                if len(pairs) == most:
                    return pairs
    return pairs
