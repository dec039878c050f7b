"""Things to do about content: feeds that do not answer any more, old pieces that still bring readers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from hanse.growth.content.queries import feeds_off, worth_a_refresh
from hanse.growth.today.types import Kind, Named, Thing
from hanse.programs.programs.models import Program

_READ, _NAMES = 100, 5


def things(program: Program, now: datetime) -> Iterator[Thing]:
    """Yield what waits about content in a program. Two queries."""
    off = list(feeds_off(program.pk)[:_READ])
    if off:
        named = {feed.enrolment.partner_id: feed.enrolment.partner.name for feed in off}
        yield Thing(
            f"feeds-off:{off[0].pk}:{len(off)}", Kind.FEEDS_OFF, len(off), 0, off[0].off_at, None,
            [Named(key, name) for key, name in named.items()][:_NAMES],
        )  # fmt: skip
    old = list(worth_a_refresh(now).filter(program=program).select_related("enrolment__partner")[:_READ])
    if old:
        best, partner = old[0], old[0].enrolment.partner
        yield Thing(
            f"refresh:{best.pk}:{len(old)}", Kind.PIECES_TO_REFRESH, len(old), 0, best.published_at, best.pk,
            (Named(partner.pk, partner.name),),
            {"title": best.title, "clicks": str(sum(piece.clicks_90d for piece in old))},
        )  # fmt: skip
