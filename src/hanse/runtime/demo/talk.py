"""What is said in the demo: questions that wait and that were answered, calls, office hours, thanks, a shared tip."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import cycle
from typing import NamedTuple

from hanse.growth.conversations.actions import add_aside, add_rule, log_talk, note_outgoing, set_care
from hanse.growth.conversations.models import Conversation
from hanse.growth.conversations.silence import keep_our_silence, look_for_our_silence
from hanse.growth.conversations.taking import take_message
from hanse.growth.conversations.types import Said, Who
from hanse.growth.mailroom.doors import door_of, set_door
from hanse.growth.mailroom.taking import take_mail
from hanse.growth.meetings.actions import answer_invitation, invite, note_held, plan_meeting
from hanse.growth.meetings.models import MeetingInvitation
from hanse.growth.recognition.actions import find_occasions, offer_tip, publish_tip, thank
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.tiers.models import Tier
from hanse.runtime.demo.calendar import DemoCalendar
from hanse.runtime.demo.people import MANAGER, PARTNER, Stage
from hanse.spine.outbox.models import OutboxItem

_CARE = {"power": (4, 14, True), "growth": (24, 30, False), "casual": (48, 90, False), "new": (24, 21, False)}


class _Question(NamedTuple):
    """Who (a tier, and which of it) asked what, how many hours ago, and what we said after how many."""

    tier: str
    place: int
    hours: float
    channel: str
    subject: str
    text: str
    answer: str = ""
    after: float = 0


_QUESTIONS = (
    _Question("power", 0, 5.5, "email", "Advent calendar, slot on 4 December",
              "Hello Ruth,\n\ncan you hold the paper stars back for my readers until the 4th? I would put the calendar "
              "up on Sunday, so I would need to know by tomorrow.\n\nBest"),
    _Question("growth", 1, 20, "portal", "A code for the podcast",
              "My listeners cannot click. Can I have a code that is easy to say aloud?"),
    _Question("growth", 3, 31, "email", "Commission of order 571220",
              "I count 14 lanterns in this order, but the page says 12. What happened to the other two?"),
    _Question("casual", 2, 9, "slack", "#partners: deep links", "Do deep links to the sale page count as well?"),
    _Question("power", 1, 52, "email", "Pictures of the new candles", "Could I have the pictures without the text on "
              "them? I crop them for the newsletter.", "Here they are, in two sizes, without text.", 2.5),
    _Question("growth", 0, 98, "portal", "When is the payout?", "Is it the first or the last Friday?",
              "The first Friday of each month; yours goes out on the 4th.", 6),
    _Question("casual", 0, 170, "portal", "Two blogs, one account", "I have a second blog. Do I join again?",
              "No, one account is right: make a second link under Links and give it a label.", 20),
    _Question("growth", 2, 240, "email", "Returns in January", "Do returns after the holidays take commission back?",
              "Yes, for the part that came back, and never below zero for a month already paid.", 30),
    _Question("casual", 3, 300, "email", "Photo of my shelf", "Here is the shelf I built with your boxes.",
              "That is lovely! May we show it to the others?", 71),
)  # fmt: skip
_CALLS = (
    ("power", 0, 9, "They plan an advent calendar and want the paper stars for it. Send the price list by Friday."),
    ("power", 2, 12, "Happy with the new rate. Wants to meet the people who pour the candles."),
    ("growth", 4, 40, "The new site brings fewer clicks; we look at the links together next week."),
)
_FORWARDED = b"""From: ruth@harbourandpine.example
To: partners@harbourandpine.example
Subject: Fwd: Your lanterns in our staff shop?
Message-ID: <demo-forwarded@harbourandpine.example>

Not a partner yet, but sounds like one.

---------- Forwarded message ---------
From: Lena Brandt <lena@officegifts.example>
Subject: Your lanterns in our staff shop?

We run gift shops inside two hundred offices. Could we earn on what our people order from you?
"""


def talk_with_partners(stage: Stage, calendar: DemoCalendar) -> None:
    """Play what was said, up to this morning. Call inside a transaction."""
    begins, now = calendar.starts_at, calendar.ends_at
    for tier in Tier.objects.filter(program=stage.program, key__in=list(_CARE)):
        hours, days, is_urgent = _CARE[tier.key]
        set_care(tier, answer_hours=hours, silence_days=days, is_urgent=is_urgent, now=begins, by=MANAGER)
    add_rule(
        stage.program, name="Tracking and money", topic="product", now=begins, by=MANAGER,
        condition={"any": [{"field": "message.text", "op": "contains", "value": word}
                           for word in ("order", "deep link", "snippet", "api")]},
    )  # fmt: skip
    door = door_of(stage.program, begins)
    set_door(
        door, address="partners@harbourandpine.example", mentions_address="named@harbourandpine.example", now=begins,
        by=MANAGER,
    )  # fmt: skip
    by_tier = _by_tier(stage)
    for whose, place, days, text in _CALLS:
        row = _pick(by_tier, whose, place)
        at = now - timedelta(days=days)
        log_talk(row, how="call", text=text, at=at, now=at, by=stage.manager)
    _keep_in_touch(stage, by_tier, now)
    for one in sorted(_QUESTIONS, key=lambda one: -one.hours):
        _ask(stage, _pick(by_tier, one.tier, one.place), one, now)
    take_mail(_FORWARDED, now - timedelta(hours=26), door=door, via="smtp")
    for row in _shown(by_tier):
        _tell_the_shown_one(stage, row, now)
    _meet(stage, by_tier, now)
    _recognise(stage, by_tier, now)
    keep_our_silence(stage.program.pk, look_for_our_silence(stage.program, now))
    OutboxItem.objects.filter(key__startswith="meeting:").delete()  # nobody of the demo reads mail


def _keep_in_touch(stage: Stage, by_tier: dict[str, list[Enrolment]], now: datetime) -> None:
    """Speak with three of four partners, more often with the upper tiers, so that the others stand out."""
    words = cycle((
        "Short call: all well, nothing needed.", "Asked what they need for the season: pictures, early.",
        "They told what their readers ask for; noted for the shop.",
    ))  # fmt: skip
    often = {"power": 10, "growth": 24, "casual": 60, "new": 15, "inactive": 150}
    for tier, rows in by_tier.items():
        for place, row in enumerate(rows):
            at = now - timedelta(days=often.get(tier, 60) * (50 + 13 * place % 45) / 100, hours=place)
            if place % 4 == 2:  # too long ago
                at = now - timedelta(days=often.get(tier, 60) * 2.5, hours=place)
            if at > row.enrolled_at and place % 8 != 6:
                log_talk(row, how="call", text=next(words), at=at, now=at, by=stage.manager)


def _by_tier(stage: Stage) -> dict[str, list[Enrolment]]:
    rows = Enrolment.objects.filter(program=stage.program, status="active").select_related("partner", "tier", "program")
    found: dict[str, list[Enrolment]] = {}
    for row in rows.order_by("enrolled_at", "id"):
        found.setdefault(row.tier.key if row.tier else "", []).append(row)
    return found


def _pick(by_tier: dict[str, list[Enrolment]], tier: str, place: int) -> Enrolment:
    rows = by_tier.get(tier) or next(rows for rows in by_tier.values() if rows)
    return rows[place % len(rows)]


def _ask(stage: Stage, row: Enrolment, one: _Question, now: datetime) -> None:
    asked_at, partner, me = now - timedelta(hours=one.hours), row.partner, stage.manager
    who = Who(partner.contact_name or partner.name, partner.email)
    known = Said(one.text, who, one.channel, one.subject, message_id=f"<demo-{one.place}-{one.hours}@partners.example>")
    entry = take_message(stage.program, known, enrolment=row, now=asked_at)
    if one.answer:
        ours = Said(one.answer, Who(me.name, me.email), "email")
        thread = Conversation.objects.get(pk=entry.conversation_id)
        note_outgoing(stage.program, ours, thread=thread, now=asked_at + timedelta(hours=one.after))
    elif one.tier == "power":
        text = "They asked for the same last year; the stars were sold out on the 2nd."
        add_aside(entry.conversation, text=text, now=asked_at + timedelta(hours=1), by=me)


def _meet(stage: Stage, by_tier: dict[str, list[Enrolment]], now: datetime) -> None:
    past, ahead = now - timedelta(days=16, hours=-15), now + timedelta(days=6, hours=15)
    planned_at = past - timedelta(days=10)
    answers = cycle(("accepted", "accepted", "none", "declined", "tentative"))
    everybody = [*by_tier.get("power", ())[:4], *by_tier.get("growth", ())[:5], *_shown(by_tier)]
    for title, starts_at, made_at in (
        ("Office hours: the season’s first weeks", past, planned_at),
        ("Office hours: the last posting days", ahead, now),
    ):
        meeting = plan_meeting(
            stage.program, kind="office_hours", title=title, starts_at=starts_at, minutes=45, host=stage.manager,
            place="https://meet.example/harbour-and-pine", agenda="Bring one page that you would like us to look at.",
            now=made_at, by=MANAGER,
        )  # fmt: skip
        invite(meeting, everybody, now=made_at, by=MANAGER)
        for row in MeetingInvitation.objects.filter(meeting=meeting).select_related("meeting").order_by("id"):
            answer = next(answers)
            if answer != "none":
                answer_invitation(row, answer, way="calendar", now=made_at + timedelta(hours=3))
        if starts_at < now:
            came = MeetingInvitation.objects.filter(meeting=meeting, answer="accepted")
            note_held(
                meeting, there=list(came.values_list("enrolment_id", flat=True)), now=past + timedelta(hours=2),
                notes="Early posts bring more than discounts. Three asked for pictures without text.", by=MANAGER,
            )  # fmt: skip


def _shown(by_tier: dict[str, list[Enrolment]]) -> list[Enrolment]:
    """Return the partner whose portal the demo opens."""
    return [row for rows in by_tier.values() for row in rows if row.partner.email == PARTNER]


def _tell_the_shown_one(stage: Stage, row: Enrolment, now: datetime) -> None:
    """Give the partner whose portal is opened an answer to read, and thanks."""
    who, me = Who(row.partner.contact_name or row.partner.name, row.partner.email), stage.manager
    text = "Can I show the lanterns before they are in the shop? I would post on Sunday."
    asked = Said(text, who, "portal", "Lanterns before Sunday")
    entry = take_message(stage.program, asked, enrolment=row, now=now - timedelta(hours=40))
    words = "Yes, gladly: the page opens on Saturday at noon, with your link already on it."
    ours = Said(words, Who(me.name, me.email), "email")
    thread = Conversation.objects.get(pk=entry.conversation_id)
    note_outgoing(stage.program, ours, thread=thread, now=now - timedelta(hours=33))
    thank(
        row, kind="content", text="Your table in November: three people in the shop asked for exactly that.",
        is_mailed=False, now=now - timedelta(days=3), by=me,
    )  # fmt: skip


def _recognise(stage: Stage, by_tier: dict[str, list[Enrolment]], now: datetime) -> None:
    find_occasions(stage.program, now)
    friend, teller = _pick(by_tier, "power", 1), _pick(by_tier, "growth", 2)
    thank(
        friend, kind="advice", text="Your idea to show the lanterns lit, at dusk, is how we picture all of them now.",
        gift="A box of beeswax candles", gift_worth_minor=2_400, is_mailed=False, now=now - timedelta(days=5),
        by=stage.manager,
    )  # fmt: skip
    tip = offer_tip(
        teller, title="Show it in use, then name the price", shown_name=teller.partner.name,
        text="My readers bought twice as often once the picture showed the thing on a real table, and the price stood "
        "in the second sentence.", now=now - timedelta(days=12), by=teller.partner.email,
    )  # fmt: skip
    publish_tip(tip, now=now - timedelta(days=11), by=MANAGER)
    fresh = _pick(by_tier, "growth", 3)
    offer_tip(
        fresh, title="Ask a question under the picture", shown_name=fresh.partner.name,
        text="I ask which colour they would give to whom. The answers are the best sellers of the week.",
        now=now - timedelta(days=1), by=fresh.partner.email,
    )  # fmt: skip
