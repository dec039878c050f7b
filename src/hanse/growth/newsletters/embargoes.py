"""Embargoes and newsletters: a section that mentions one is refused at save, and left out at sending."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from hanse.growth.audiences.models import Audience
from hanse.growth.audiences.queries import members_of, read_condition
from hanse.growth.newsletters.rules import Part
from hanse.growth.roadmap.blocking import Guard
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.spine.checks import Checks


def refuse_embargoed(
    program: Program, subject: str, parts: Sequence[Part], audience: Audience | None, now: datetime
) -> None:
    """Raise Invalid for a subject and for sections that mention an open embargo which a reader has not accepted.

    One query where nothing is mentioned; who reads a section is looked up only for one that does.
    """
    guard = Guard(program.pk, now)
    if not guard.embargoes:
        return
    members: dict[UUID, str] | None = None
    checks = Checks()
    for place, part in enumerate([Part((), "", subject), *parts]):
        texts = {"heading": part.heading, "text": part.text} if place else {"subject": subject}
        if not any(guard.mentions(text) for text in texts.values()):
            continue
        if members is None:
            members = _members(program, audience, now)
        inner = Checks(f"/sections/{place - 1}" if place else "")
        guard.refuse(inner, texts, _readers(part, members))
        checks.problems += inner.problems
    checks.done()


def left_out(guard: Guard, parts: Sequence[Part], readers: Collection[UUID]) -> dict[UUID, tuple[int, ...]]:
    """Return for each reader the places of the sections that she may not read now; () for most."""
    found: dict[UUID, list[int]] = {who: [] for who in readers}
    for place, part in enumerate(parts):
        for who in guard.blocked_for(f"{part.heading}\n{part.text}", readers):
            found[who].append(place)
    return {who: tuple(places) for who, places in found.items()}


def _members(program: Program, audience: Audience | None, now: datetime) -> dict[UUID, str]:
    condition = audience.condition if audience else None
    members = set(members_of(program.pk, read_condition(condition), now))
    tiers = Enrolment.objects.filter(program=program).values_list("pk", "tier__key")
    return {who: tier or "" for who, tier in tiers if who in members}


def _readers(part: Part, members: dict[UUID, str]) -> list[UUID]:
    return [who for who, tier in members.items() if not part.tiers or tier in part.tiers]
