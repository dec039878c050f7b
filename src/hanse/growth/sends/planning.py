"""Planning: letters are written down for people before anything is filled or sent, each cause once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hanse.growth.newsletters.models import Newsletter
from hanse.growth.sends.models import Send
from hanse.growth.sends.rules import expiry, is_held_out
from hanse.growth.sends.types import Priority
from hanse.growth.sequences.models import Journey, SequenceStep
from hanse.growth.templates.models import MessageVersion
from hanse.growth.templates.types import About
from hanse.kernel.ids import new_id
from hanse.programs.enrolments.models import Enrolment
from hanse.spine.outbox.letters import Letter

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Planned:
    """One letter for one enrolment; (`key`, enrolment) is planned once for ever."""

    enrolment_id: UUID
    key: str
    version: MessageVersion
    step: SequenceStep | None = None
    journey: Journey | None = None
    about: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """How a letter is measured: what the reader is to do within so many days, and who gets nothing for comparison.

    `holdout` names the draw: the same name holds out the same people. Nobody of `never` is held out.
    """

    action: str = ""
    action_days: int = 0
    holdout: str = ""
    holdout_ppm: int = 0
    never: Collection[UUID] = ()


def plan_send(
    version: MessageVersion,
    enrolment_ids: Iterable[UUID],
    *,
    reason: Priority,
    key: str,
    now: datetime,
    due_at: datetime | None = None,
    about: About | None = None,
    newsletter: Newsletter | None = None,
    measured: Measured | None = None,
) -> int:
    """Plan one letter for each enrolment; who has one with this `key` already gets no other. Returns how many are new.

    It is filled and sent by the clock when caps, quiet hours and the person's choices allow. Three queries for every
    500. Call it with some hundreds inside one transaction, or part by part. `key` has at most 120 characters.
    """
    said = about or {}
    letters = [Planned(pk, key, version, about=said.get(pk)) for pk in dict.fromkeys(enrolment_ids)]
    return plan_letters(letters, reason=reason, now=now, due_at=due_at, newsletter=newsletter, measured=measured)


def plan_letters(
    letters: Sequence[Planned],
    *,
    reason: Priority,
    now: datetime,
    due_at: datetime | None = None,
    newsletter: Newsletter | None = None,
    measured: Measured | None = None,
) -> int:
    """Plan letters, each with a key of its own, as `plan_send` does for one key. Returns how many are new."""
    how, due, count = measured or Measured(), due_at or now, 0
    for start in range(0, len(letters), AT_ONCE):
        part = letters[start : start + AT_ONCE]
        rows = {one.pk: one for one in Enrolment.objects.filter(pk__in={one.enrolment_id for one in part})}
        known = Send.objects.filter(key__in={one.key for one in part}, enrolment__in=rows)
        taken = set(known.values_list("key", "enrolment_id"))
        sends = [
            _send(rows[one.enrolment_id], one, reason, now, due, how)
            for one in part
            if one.enrolment_id in rows and (one.key, one.enrolment_id) not in taken
        ]
        for send in sends:
            send.newsletter = newsletter
        Send.objects.bulk_create(sends, ignore_conflicts=True)
        count += len(sends)
    return count


def _send(row: Enrolment, one: Planned, reason: Priority, now: datetime, due_at: datetime, how: Measured) -> Send:
    is_out = row.pk not in how.never and is_held_out(how.holdout, row.pk, how.holdout_ppm)
    return Send(
        id=new_id(now), program_id=row.program_id, enrolment=row, partner_id=row.partner_id, tier_id=row.tier_id,
        key=one.key, priority=reason, kind=one.version.template.kind, version=one.version, about=dict(one.about or {}),
        step=one.step, journey=one.journey, planned_at=now, due_at=due_at, expires_at=expiry(reason, due_at),
        action=how.action, action_days=how.action_days, is_drawn=row.pk not in how.never,
        state=Send.State.HELD_OUT if is_out else Send.State.PLANNED,
    )  # fmt: skip


def plan_written(
    letters: Sequence[tuple[Enrolment, Letter]], *, key: str, kind: str, reason: Priority, now: datetime
) -> int:
    """Plan letters that are written already, each in its reader's language: caps, quiet hours, choices and the way out
    by one click are those of every other letter of their `kind`. The same `key` writes to nobody twice. Returns how
    many are new. One query.
    """
    sends = [
        Send(
            id=new_id(now), program_id=row.program_id, enrolment=row, partner_id=row.partner_id, tier_id=row.tier_id,
            key=key, priority=reason, kind=kind, subject=letter.subject[:300], text="\n\n".join(letter.paragraphs),
            about={"button": [letter.link_label, letter.link], "facts": [list(fact) for fact in letter.facts]},
            planned_at=now, due_at=now, expires_at=expiry(reason, now),
        )
        for row, letter in letters
    ]  # fmt: skip
    return len(Send.objects.bulk_create(sends, ignore_conflicts=True))
