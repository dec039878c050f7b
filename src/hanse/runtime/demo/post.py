"""The demo's post: sequences that run, one with a finished holdout, a newsletter that went out and one being written.

What was sent is told from the demo's own history by the simulation; who opened and clicked is invented.
"""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F

from hanse.growth.audiences.models import Audience
from hanse.growth.newsletters.actions import keep_newsletter, schedule_newsletter
from hanse.growth.newsletters.models import Newsletter
from hanse.growth.newsletters.sending import left_to_plan, plan_part
from hanse.growth.reach.actions import note_bounce, stop_letters
from hanse.growth.sends.measuring import note_newsletter_actions, note_sequence_actions
from hanse.growth.sends.models import Send
from hanse.growth.sends.rules import is_held_out
from hanse.growth.sends.strategic import strategic_among
from hanse.growth.sends.types import Priority
from hanse.growth.sequences.actions import end_sequence, keep_sequence, start_sequence
from hanse.growth.sequences.models import Journey, Sequence, SequenceStep
from hanse.growth.sequences.queries import steps_of
from hanse.growth.sequences.reading import trigger_of
from hanse.growth.sequences.simulation import simulate
from hanse.growth.sequences.triggers import occurrences
from hanse.growth.sequences.walking import newest_versions
from hanse.growth.templates.models import MessageTemplate
from hanse.kernel.ids import new_id
from hanse.programs.enrolments.models import Enrolment
from hanse.runtime.demo.calendar import DemoCalendar
from hanse.runtime.demo.people import MANAGER, Stage

SEED = "letters of a small harbour town"
DAYS = 330
_SEQUENCES: tuple[dict[str, Any], ...] = (
    {
        "name": "Welcome in five letters", "trigger": {"kind": "enrolled"}, "stop_when": [], "action": "sale",
        "action_days": 60,
        "letters": (("welcome-1", 0), ("welcome-2", 2), ("welcome-3", 4), ("welcome-4", 5), ("welcome-5", 10)),
    },
    {
        "name": "Gone quiet: link cold", "trigger": {"kind": "silent", "name": "link_cold"}, "stop_when": ["click"],
        "action": "click", "action_days": 21, "letters": (("quiet-cold", 0), ("missed", 5), ("question", 7)),
    },
    {
        "name": "First win", "trigger": {"kind": "first_sale"}, "stop_when": [], "action": "sale", "action_days": 30,
        "letters": (("first-win", 0), ("casual-quickwin", 7)),
    },
    {"name": "A year together", "trigger": {"kind": "anniversary"}, "stop_when": [], "letters": (("anniversary", 0),)},
)  # fmt: skip
_ENDED: dict[str, Any] = {
    "name": "After a payout: fifteen minutes", "trigger": {"kind": "paid", "again_days": 0}, "stop_when": [],
    "action": "sale", "action_days": 14, "holdout_ppm": 500_000, "letters": (("casual-15min", 2),),
}  # fmt: skip
_DRAFT: dict[str, Any] = {
    "name": "Ten sales", "trigger": {"kind": "sales", "count": 10}, "stop_when": [], "action": "sale",
    "action_days": 30, "letters": (("power-insight", 1), ("growth-breakdown", 14)),
}  # fmt: skip
_SECTIONS: tuple[dict[str, object], ...] = (
    {"text": "Hello {{ partner.first_name }},\n\nhere is what comes in the next weeks, and what is already here."},
    {"heading": "Your numbers first",
     "text": "{% fact %}\n\n{{ fact.sentence }}\n\n{% else %}\n\nThere is not enough yet to say something true about "
             "your readers. It will come.\n\n{% endfact %}"},
    {"heading": "Four weeks early", "tiers": ["power", "growth"],
     "text": "The lanterns of the winter are photographed. You see them before they are in the shop; please keep them "
             "to yourself until then."},
    {"heading": "A quarter of an hour", "tiers": ["casual", "new", "inactive"],
     "text": "Choose one thing that you would give yourself, write two sentences why, add your link. That is all."},
    {"text": "Answer this letter if something stands in your way. I read every answer.\n\nRuth"},
)  # fmt: skip


def play_post(stage: Stage, calendar: DemoCalendar) -> None:
    """Play what went out by itself and to many. Call inside a transaction, after tiers, silence and letters."""
    now, rng = calendar.ends_at, random.Random(SEED)  # noqa: S311  # a story, not a secret
    letters = {
        row.library_key: row.pk for row in MessageTemplate.objects.filter(program=stage.program).exclude(library_key="")
    }
    for said in (*_SEQUENCES, _ENDED):
        row = _kept(stage, letters, said, now - timedelta(days=DAYS + 1))
        _relive(row, now, rng)
        start_sequence(row, now=now - timedelta(days=DAYS), by=MANAGER)
        for day in range(0, DAYS + 1, 14):
            if row.action:
                note_sequence_actions(row, now - timedelta(days=DAYS - day))
        Sequence.objects.filter(pk=row.pk).update(swept_until=now)
    end_sequence(row, now=now - timedelta(days=9), by=MANAGER)
    _kept(stage, letters, _DRAFT, now - timedelta(days=2))
    _newsletters(stage, now, rng)
    people = list(Enrolment.objects.filter(program=stage.program, tier__key="inactive").select_related("partner")[:2])
    if len(people) == 2:
        stop_letters(people[0].partner, "ideas", how="one_click", now=now - timedelta(days=12))
        note_bounce(people[1].partner.email, True, now - timedelta(days=5))


def _kept(stage: Stage, letters: dict[str, UUID], said: dict[str, Any], at: datetime) -> Sequence:
    values = {name: value for name, value in said.items() if name != "letters"}
    steps = [{"message": str(letters[key]), "wait_days": wait} for key, wait in said["letters"]]
    return keep_sequence(stage.program, steps=steps, now=at, by=MANAGER, **values)


def _relive(row: Sequence, now: datetime, rng: random.Random) -> None:
    """Write down the ways and letters that the simulation tells for the last half year."""
    steps = steps_of([row.pk])
    named = occurrences(row.program_id, trigger_of(row.trigger), now - timedelta(days=DAYS), now)
    enrolments = {
        one.pk: one for one in Enrolment.objects.filter(pk__in={each.enrolment_id for each in named})
    }  # fmt: skip
    strategic = strategic_among(row.program_id, enrolments)
    told = defaultdict(list)
    for letter in simulate(row, now, DAYS).letters:
        told[letter.enrolment_id].append(letter)
    journeys, sends = [], []
    for one in named:
        who = enrolments[one.enrolment_id]
        drawn = is_held_out(f"sequence:{row.pk}", who.pk, row.holdout_ppm) and who.pk not in strategic
        is_out = one.is_left_alone or drawn
        own = [] if is_out else _own_letters(told[who.pk], len(steps), one.at)
        journey = Journey(
            id=new_id(one.at), sequence=row, enrolment=who, occurrence=one.mark, entered_at=one.at, is_held_out=is_out,
            is_drawn=who.pk not in strategic, tier_id=who.tier_id,
        )  # fmt: skip
        _stand(journey, steps, len(own), now)
        journeys.append(journey)
        sends += [_sent(journey, who, steps[letter.step - 1], letter.at, now, rng) for letter in own]
    Journey.objects.bulk_create(journeys)
    Send.objects.bulk_create(_versioned(sends))


def _own_letters(told: list[Any], most: int, since: datetime) -> list[Any]:
    """Take a way's letters out of those told for a partner, each step once."""
    own: list[Any] = []
    left: list[Any] = []
    for letter in told:
        is_own = letter.at >= since and len(own) < most and letter.step == len(own) + 1
        (own if is_own else left).append(letter)
    told[:] = left
    return own


def _stand(journey: Journey, steps: list[SequenceStep], sent: int, now: datetime) -> None:
    if journey.is_held_out:
        return
    due = journey.entered_at + timedelta(days=sum(step.wait_days for step in steps[: sent + 1]))
    if sent >= len(steps):
        journey.ended_at, journey.ended_why, journey.next_position = now, "done", len(steps) - 1
    elif due > now - timedelta(days=7):
        journey.next_position, journey.next_at = sent, max(due, now + timedelta(hours=9))
    else:
        journey.ended_at, journey.ended_why, journey.next_position = now, "stop:click", sent


def _sent(
    journey: Journey, who: Enrolment, step: SequenceStep, at: datetime, now: datetime, rng: random.Random
) -> Send:
    pk = new_id(at)
    send = Send(
        id=pk, program_id=who.program_id, enrolment=who, partner_id=who.partner_id, tier_id=who.tier_id,
        key=f"journey:{journey.pk}:{step.pk}", priority=Priority.SEQUENCE, kind=step.message.kind, step=step,
        journey=journey, state=Send.State.SENT, planned_at=at, due_at=at, queued_at=at, letter_id=pk,
        subject=step.message.name,
    )  # fmt: skip
    _answered(send, at, now, rng)
    return send


def _answered(send: Send, at: datetime, now: datetime, rng: random.Random) -> None:
    """Invent what the reader did."""
    send.delivered_at = at + timedelta(seconds=rng.randint(2, 50))
    moments = (("opened_at", 0.62, 20), ("clicked_at", 0.24, 30), ("replied_at", 0.05, 50))
    for name, chance, hours in moments:
        moment = at + timedelta(minutes=rng.randint(3, hours * 60))
        if rng.random() < chance and moment < now:
            setattr(send, name, moment)


def _versioned(sends: list[Send]) -> list[Send]:
    versions = newest_versions({send.step.message_id for send in sends if send.step})
    for send in sends:
        send.version = versions[send.step.message_id] if send.step else None
    return sends


def _newsletters(stage: Stage, now: datetime, rng: random.Random) -> None:
    """Send one newsletter three weeks ago, to everybody but a part, and leave another one half written."""
    at = now - timedelta(days=21) + timedelta(hours=10)
    sent = keep_newsletter(
        stage.program, name="November", subject="What comes before the winter", sections=_SECTIONS, action="sale",
        holdout_ppm=200_000, now=at - timedelta(days=1), by=MANAGER,
    )  # fmt: skip
    schedule_newsletter(sent, at, now=at - timedelta(hours=2), by=MANAGER)
    left = left_to_plan(sent, at)
    plan_part(sent, left, at)
    plan_part(sent, [], at)
    rows = list(Send.objects.filter(newsletter=sent, state=Send.State.PLANNED))
    for row in rows:
        row.state, row.queued_at, row.subject = Send.State.SENT, at, sent.subject
        _answered(row, at, now, rng)
    Send.objects.bulk_update(
        rows, ["state", "queued_at", "subject", "delivered_at", "opened_at", "clicked_at", "replied_at"]
    )
    Send.objects.filter(pk__in=[row.pk for row in rows]).update(letter_id=F("id"))
    note_newsletter_actions(Newsletter.objects.get(pk=sent.pk), now)
    keep_newsletter(
        stage.program, name="December", subject="The last posting days", sections=_SECTIONS[:1],
        audience=Audience.objects.filter(program=stage.program, name="Power and growth").first(),
        now=now - timedelta(days=1), by=MANAGER,
    )  # fmt: skip
