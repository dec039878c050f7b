"""The page of types as values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class TypeText:
    """One type of partner as the page tells it: what it is, what it owes us, what it gets, what it cannot also be."""

    slug: str
    name: str
    what: str
    owes: str = ""
    gets: str = ""
    excludes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class PageText:
    """A whole version: a word to begin with, and the types in their order."""

    intro: str
    types: Sequence[TypeText] = field(default=())


@dataclass(frozen=True, slots=True)
class Difference:
    """What one version changed against the one before: names of types that came, went, and read otherwise now."""

    added: Sequence[str]
    dropped: Sequence[str]
    changed: Sequence[str]
    intro: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether both versions read alike."""
        return not (self.added or self.dropped or self.changed or self.intro)


@dataclass(frozen=True, slots=True)
class Seen:
    """One test of a rule beside the number that was found: the evidence of a suggestion."""

    field: str
    op: str
    wanted: object
    found: object
