"""The demo's tiers: nightly evaluations of the last weeks, a lock, moves that wait, what tiers get, our promises."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from hanse.growth.care.actions import add_day, keep_briefing, keep_promise, promise, set_treatment
from hanse.growth.care.falling_due import find_dues
from hanse.growth.care.models import PromiseDue
from hanse.growth.tiers.actions import lock_tier
from hanse.growth.tiers.queries import standings_in
from hanse.growth.tiers.reading import rules_json
from hanse.growth.tiers.rules import DEFAULT
from hanse.growth.tiers.sweeping import sweep
from hanse.growth.tiers.versions import publish_rules, read_rules
from hanse.kernel.clock import day_starts_at, local_day
from hanse.kernel.errors import HanseError
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.tiers.models import Tier
from hanse.runtime.demo.calendar import DemoCalendar
from hanse.runtime.demo.people import MANAGER, Stage

NIGHTS = 21
_GETS: dict[str, dict[str, str]] = {
    "power": {
        "benefits": "A box of everything new before it is in the shop\nYour name on the makers’ page\n"
        "A seat at the spring table in the harbour",
        "goals": "A number for the season that we set together",
        "path": "Kick-off call, joint plan, first piece together",
        "resources": "Photographs before they are public, our season plan, numbers of your readers",
        "message_style": "Personal, from Ruth; what comes and why, four weeks ahead",
    },
    "growth": {
        "benefits": "A sample of what you want to write about",
        "goals": "One piece more each month than last year",
        "path": "Numbers call after the tenth sale",
        "resources": "Numbers of your readers, comparison guides, all photographs",
        "message_style": "What the best do differently, with your own numbers",
    },
    "casual": {
        "benefits": "10% on your own orders",
        "path": "Second sale within a month of the first",
        "resources": "The fifteen-minute kit, texts to copy",
        "message_style": "One idea at a time, quick to do",
    },
    "new": {
        "path": "Link, first click, first sale", "resources": "The starter kit", "message_style": "Five short letters",
    },
    "inactive": {"resources": "What you missed, on one page", "message_style": "Once a quarter, with a way back"},
}  # fmt: skip
_PROMISES = (
    ("power", "answer", 24, ""), ("power", "call", 30, ""), ("power", "briefing", 28, ""),
    ("power", "own", 90, "A visit to the workshop"), ("growth", "answer", 48, ""), ("growth", "briefing", 21, ""),
    ("casual", "answer", 72, ""),
)  # fmt: skip


def play_tiers(stage: Stage, calendar: DemoCalendar) -> None:
    """Evaluate the last three weeks night by night, then lock, promise and keep. Call inside a transaction."""
    program, now = stage.program, calendar.ends_at
    since = now - timedelta(days=240)
    publish_rules(program, DEFAULT, note="As every program begins.", now=calendar.starts_at, by=MANAGER)
    reviewed = rules_json(DEFAULT) | {"review": ["down"]}
    note = "Nobody falls before one of us has looked: two of our best were ill last autumn."
    publish_rules(program, read_rules(program, reviewed), note=note, now=now - timedelta(days=60), by=MANAGER)
    _care(stage, since)
    today = local_day(now, program.time_zone)
    for back in range(NIGHTS, 0, -1):
        at = day_starts_at(today - timedelta(days=back), program.time_zone) + timedelta(hours=3)
        _sweep(stage, at, now)
        if back == NIGHTS - 2:
            _lock(stage, at + timedelta(hours=7))
    _keep_some(stage, now)


def _sweep(stage: Stage, at: datetime, now: datetime) -> None:
    """Evaluate a night of the past; moves begin then, or today where somebody moved since."""
    try:
        with transaction.atomic():
            sweep(stage.program, at, now=now, begins_at=at)
    except HanseError:
        sweep(stage.program, at, now=now)


def _lock(stage: Stage, at: datetime) -> None:
    """Keep the last one of power where they are."""
    rows = standings_in(stage.program.pk).filter(tier="power").order_by("-rank")
    first = rows.first()
    if first is not None:
        enrolment = Enrolment.objects.select_related("program", "partner", "tier").get(pk=first.pk)
        reason = "Writes our winter book with us; stays in Power until it is out."
        until = local_day(at + timedelta(days=120), stage.program.time_zone)
        lock_tier(enrolment, reason=reason, until=until, now=at, by=MANAGER)


def _care(stage: Stage, since: datetime) -> None:
    tiers = {tier.key: tier for tier in Tier.objects.filter(program=stage.program)}
    for key, texts in _GETS.items():
        given: dict[str, Any] = dict(texts)
        is_upper = key in ("power", "growth")
        given |= {"contact": stage.manager} if is_upper else {"contact_words": "partners@harbourandpine.example"}
        set_treatment(tiers[key], **given, now=since, by=MANAGER)
    for key, kind, number, words in _PROMISES:
        promise(tiers[key], kind, number, words=words, now=since, by=MANAGER)


def _keep_some(stage: Stage, now: datetime) -> None:
    """Let the year's turns come round: most calls were held in time, some late, two are overdue."""
    today = local_day(now, stage.program.time_zone)
    for name, days in (("Winter sale", 24), ("Spring candles", 62)):
        add_day(stage.program, name=name, on=today + timedelta(days=days), now=now - timedelta(days=40), by=MANAGER)
    for month in range(8):
        at = now - timedelta(days=30 * (7 - month), hours=4)
        find_dues(stage.program, at)
        for place, due in enumerate(_turns(stage, at)):
            late = timedelta(days=3) if (place + month) % 5 == 0 else timedelta(days=-2)
            kept_at = due.due_at + late
            if kept_at < now and not (month == 7 and place % 3 == 0) and due.due_at < now - timedelta(days=6):
                keep_promise(due, note="", now=kept_at, by=MANAGER)
    told_at = now - timedelta(days=5)
    find_dues(stage.program, told_at)
    for key in PromiseDue.objects.filter(key__startswith="day:").values_list("key", flat=True).distinct():
        keep_briefing(stage.program, key, note="In the letter of the first of the month", now=told_at, by=MANAGER)
    find_dues(stage.program, now)


def _turns(stage: Stage, at: datetime) -> list[PromiseDue]:
    rows = PromiseDue.objects.filter(promise__tier__program=stage.program, key__startswith="turn:", kept_at=None)
    return list(rows.filter(due_at__lte=at + timedelta(days=5)).order_by("due_at", "enrolment_id"))
