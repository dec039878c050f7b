"""Things to do about what partners learn: embargoes that end, sessions without their recording."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from hanse.growth.meetings.queries import without_recording
from hanse.growth.roadmap.queries import near_end
from hanse.growth.today.types import Kind, Thing
from hanse.programs.programs.models import Program

_BEFORE, _AFTER = timedelta(days=3), timedelta(days=2)
_SHOWN = 3


def things(program: Program, now: datetime) -> Iterator[Thing]:
    """Yield embargoes that end or have just ended, and sessions whose recording is missing. Two queries."""
    for row, accepted in near_end(program.pk, now - _AFTER, now + _BEFORE)[:_SHOWN]:
        assert row.embargo_until is not None
        detail = {
            "title": row.title, "until": row.embargo_until.isoformat(), "withdrawn": "1" if row.withdrawn_at else "",
        }  # fmt: skip
        yield Thing(
            f"embargo:{row.pk}:{row.embargo_until:%Y%m%d%H%M}", Kind.EMBARGO_ENDS, accepted, 0, row.embargo_until,
            row.pk, (), detail,
        )  # fmt: skip
    for meeting, absent in without_recording(program.pk, now)[:_SHOWN]:
        yield Thing(
            f"recording:{meeting.pk}", Kind.RECORDING_MISSING, absent, 0, meeting.held_at, meeting.pk, (),
            {"title": meeting.title},
        )  # fmt: skip
