"""Things to do about deliverables: drafts and questions that wait for us, and what is late on the partner's side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from hanse.growth.deliverables.queries import Late, waiting_in
from hanse.growth.today.types import Kind, Named, Thing
from hanse.kernel.clock import day_starts_at
from hanse.programs.programs.models import Program


def things(program: Program, now: datetime) -> Iterator[Thing]:
    """Yield what waits for our answer, and what partners are late with. One query."""
    found = waiting_in(program, now)
    ours = [one for one in found if one.waits.on == "team"]
    theirs = [one for one in found if one.waits.on == "partner"]
    if ours:
        late = sum(1 for one in ours if one.waits.days_late)
        yield _thing(Kind.DELIVERABLES_TO_ANSWER, "deliverables", program, ours, {"late": str(late)})
    if theirs:
        yield _thing(Kind.DELIVERABLES_LATE, "deliverables-late", program, theirs, {})


def _thing(kind: Kind, key: str, program: Program, rows: Sequence[Late], detail: dict[str, str]) -> Thing:
    first = rows[0]
    named = [Named(one.row.enrolment.partner_id, one.row.enrolment.partner.name) for one in rows]
    latest = max(one.row.state_at for one in rows)
    return Thing(
        f"{key}:{latest:%Y%m%d%H%M%S}", kind, len(rows), 0, day_starts_at(first.waits.until, program.time_zone),
        first.row.pk, named,
        {"title": first.row.title, "days": str(first.waits.days_late), "state": first.row.state, **detail},
    )  # fmt: skip
