"""What an open embargo stops: texts that mention it, for whoever has not accepted it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hanse.growth.roadmap.queries import accepted_by, open_embargoes
from hanse.growth.roadmap.rules import mentions_in
from hanse.growth.roadmap.types import Embargo, Mentioned
from hanse.kernel.errors import Refused
from hanse.spine.checks import Checks


class Guard:
    """The open embargoes of a program at a moment, and which of some enrolments have accepted them.

    One query; a second one for who accepted, only where something is mentioned.
    """

    def __init__(self, program_id: UUID, now: datetime) -> None:
        self.embargoes = open_embargoes(program_id, now)
        self._accepted: dict[frozenset[UUID], dict[UUID, set[UUID]]] = {}

    def mentions(self, text: str) -> list[Mentioned]:
        """Return what a text mentions of what is under embargo."""
        return mentions_in(text, self.embargoes) if self.embargoes else []

    def unaccepted(self, embargo: Embargo, readers: Collection[UUID]) -> set[UUID]:
        """Return who of some readers has not accepted an embargo."""
        asked = frozenset(readers)
        if asked not in self._accepted:
            self._accepted[asked] = accepted_by(self.embargoes, asked)
        return set(asked) - self._accepted[asked].get(embargo.preview_id, set())

    def blocked_for(self, text: str, readers: Collection[UUID]) -> dict[UUID, Mentioned]:
        """Return the readers who may not read a text now, each with the first reason."""
        found: dict[UUID, Mentioned] = {}
        for place in self.mentions(text):
            for who in self.unaccepted(place.embargo, readers):
                found.setdefault(who, place)
        return found

    def refuse(self, checks: Checks, texts: Mapping[str, str], readers: Collection[UUID] | None) -> None:
        """Refuse fields whose text mentions an embargo, unless all its readers have accepted. None: anybody reads."""
        for field, text in texts.items():
            for place in self.mentions(text):
                left = None if readers is None else len(self.unaccepted(place.embargo, readers))
                if left is None or left or not readers:
                    checks.refuse(field, said(place, left), "under_embargo")


def refuse_mentions(checks: Checks, program_id: UUID, texts: Mapping[str, str], now: datetime) -> None:
    """Refuse fields that mention anything under an open embargo of a program: for what all partners may read."""
    if any(texts.values()):
        Guard(program_id, now).refuse(checks, texts, None)


def refuse_reading(program_id: UUID, enrolment_id: UUID, text: str, now: datetime) -> None:
    """Refuse a text for one partner who has not accepted an embargo that it mentions."""
    blocked = Guard(program_id, now).blocked_for(text, [enrolment_id])
    if enrolment_id in blocked:
        raise Refused("under_embargo", said(blocked[enrolment_id], 1))


def said(place: Mentioned, left: int | None = None) -> str:
    """Say where a text breaks an embargo, and what mends it."""
    words = {
        "line": place.line, "column": place.column, "word": place.word, "n": left or 0,
        "day": f"{place.embargo.until:%Y-%m-%d %H:%M} UTC",
    }  # fmt: skip
    where = _("Line %(line)d, column %(column)d: “%(word)s” is under embargo until %(day)s.") % words
    if not left:
        return where + " " + _("Leave it out, or wait.")
    return where + " " + ngettext(
        "%(n)d reader has not accepted it. Leave it out, or write to those who have.",
        "%(n)d readers have not accepted it. Leave it out, or write to those who have.", left,
    ) % words  # fmt: skip
