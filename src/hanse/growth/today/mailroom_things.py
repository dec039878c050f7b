"""Things to do about talk: questions that wait, our own silence, meetings to note, days worth a word, tips to read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from hanse.growth.conversations.queries import inbox
from hanse.growth.conversations.silence import our_silence, our_silence_count
from hanse.growth.meetings.queries import to_note
from hanse.growth.meetings.rules import ends_at
from hanse.growth.recognition.queries import occasions_waiting, offered_tips
from hanse.growth.today.types import Kind, Named, Thing
from hanse.programs.programs.models import Program

_READ = 200
_SILENT = 3
_OCCASIONS = 3
_URGENT = 5


def things(program: Program, now: datetime) -> Iterator[Thing]:
    """Yield what waits about talk in a program. Six queries."""
    yield from _questions(program, now)
    yield from _our_silence(program, now)
    yield from _meetings(program, now)
    yield from _occasions(program, now)
    yield from _tips(program)


def _questions(program: Program, now: datetime) -> Iterator[Thing]:
    """The first urgent questions each, the others together, the promise that ends first on top."""
    rows = list(inbox(program.pk, "open")[:_READ])
    urgent = [row for row in rows if row.is_urgent]
    others = [*urgent[_URGENT:], *(row for row in rows if not row.is_urgent)]
    for row in urgent[:_URGENT]:
        named = (Named(row.partner_id, row.partner.name),) if row.partner_id and row.partner else ()
        detail = {"subject": row.subject, "who": row.partner.name if row.partner else row.sender_name,
                  "promised_at": row.promised_at.isoformat() if row.promised_at else ""}  # fmt: skip
        yield Thing(
            f"urgent:{row.pk}:{row.waiting_since}", Kind.URGENT_QUESTION, 1, 0, row.waiting_since, row.pk, named, detail
        )
    if others:
        first = others[0]
        asking = tuple(Named(row.partner_id, row.partner.name) for row in others if row.partner_id and row.partner)
        late = sum(1 for row in others if row.promised_at and row.promised_at <= now)
        detail = {"promised_at": first.promised_at.isoformat() if first.promised_at else "", "late": str(late),
                  "subject": first.subject}  # fmt: skip
        yield Thing(
            f"questions:{others[-1].pk}", Kind.QUESTIONS, len(others), 0, first.waiting_since, first.pk, asking, detail
        )


def _our_silence(program: Program, now: datetime) -> Iterator[Thing]:
    found = our_silence(program.pk, now, _SILENT)
    for one in found:
        if one.value_at_stake_minor <= 0:
            continue
        detail = {"days": str(one.days), "limit": str(one.limit_days), "tier": one.tier_name, "owner": one.owner,
                  "spoken_at": one.spoken_at.isoformat() if one.spoken_at else ""}  # fmt: skip
        yield Thing(
            f"our-silence:{one.enrolment_id}:{one.spoken_at}", Kind.OUR_SILENCE, 1, one.value_at_stake_minor,
            one.spoken_at, one.enrolment_id, (Named(one.partner_id, one.name, one.value_at_stake_minor),), detail,
        )  # fmt: skip
    more = our_silence_count(program.pk) - len(found) if len(found) == _SILENT else 0
    if more > 0:
        yield Thing(f"our-silence:{program.pk}", Kind.OUR_SILENCE_MORE, more)


def _meetings(program: Program, now: datetime) -> Iterator[Thing]:
    for row in to_note(program.pk, now)[:3]:
        ended_at, said = ends_at(row.starts_at, row.minutes), {"title": row.title}
        yield Thing(f"meeting:{row.pk}", Kind.MEETING_TO_NOTE, 1, 0, ended_at, row.pk, (), said)


def _occasions(program: Program, now: datetime) -> Iterator[Thing]:
    for row in occasions_waiting(program, now)[:_OCCASIONS]:
        partner = row.enrolment.partner
        detail = {"kind": row.kind, "number": str(row.number), "before": str(row.before), "key": row.key}
        yield Thing(
            f"occasion:{row.pk}", Kind.OCCASION, 1, 0, None, row.pk, (Named(partner.pk, partner.name),), detail
        )  # fmt: skip


def _tips(program: Program) -> Iterator[Thing]:
    rows = list(offered_tips(program.pk)[:50])
    if rows:
        named = tuple(Named(row.enrolment.partner_id, row.enrolment.partner.name) for row in rows[:3])
        yield Thing(f"tips:{rows[-1].pk}", Kind.TIPS, len(rows), 0, rows[0].offered_at, None, named)
