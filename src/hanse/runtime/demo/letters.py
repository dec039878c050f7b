"""The demo's letters, audiences and faults: what the manager wrote, whom she asks for, and what went wrong once."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F

from hanse.growth.audiences.actions import keep_audience
from hanse.growth.incidents.actions import mend_incident, note_incident, tell_touched
from hanse.growth.sends.models import Send
from hanse.growth.templates.actions import keep_message
from hanse.growth.templates.library import shipped_by_key
from hanse.runtime.demo.calendar import DemoCalendar
from hanse.runtime.demo.people import MANAGER, Stage

_TAKEN = (
    "power-insight", "growth-news", "growth-breakdown", "casual-quickwin", "casual-15min", "welcome-1", "welcome-2",
    "welcome-3", "welcome-4", "welcome-5", "first-win", "missed", "comeback", "question", "quiet-cold", "anniversary",
)  # fmt: skip
_AUDIENCES = (
    ("Power and growth", {"field": "enrolment.tier", "op": "in", "value": ["power", "growth"]}),
    (
        "Sold before, quiet for two months",
        {"all": [
            {"field": "figures.sales_total", "op": "gte", "value": 1},
            {"field": "figures.days_since_sale", "op": "gt", "value": 60},
        ]},
    ),
    (
        "Clicks, but no sale in 90 days",
        {"all": [
            {"field": "figures.clicks_90d", "op": "gte", "value": 100},
            {"field": "figures.conversions_90d", "op": "eq", "value": 0},
        ]},
    ),
    (
        "Silent, with something at stake",
        {"all": [
            {"field": "silence.cause", "op": "exists", "value": True},
            {"field": "figures.value_total_minor", "op": "gte", "value": 50_000},
        ]},
    ),
    ("Everybody", None),
)  # fmt: skip


def write_letters(stage: Stage, calendar: DemoCalendar) -> None:
    """Keep letters, audiences, a mended fault and one that nobody knows of yet. Call inside a transaction."""
    now = calendar.ends_at
    for place, key in enumerate(_TAKEN):
        letter = shipped_by_key(key)
        keep_message(
            stage.program, name=letter.name, kind=letter.kind, contents=letter.contents,
            now=now - timedelta(days=90 - place), by=MANAGER, library_key=key,
        )  # fmt: skip
    for place, (name, condition) in enumerate(_AUDIENCES):
        keep_audience(stage.program, name=name, condition=condition, now=now - timedelta(days=60 - place), by=MANAGER)
    _told_and_mended(stage, calendar)
    note_incident(
        stage.program, kind="tracking_down", title="orders paid by voucher were not counted",
        cause="Since a change in our checkout, orders that were paid with a gift voucher did not reach the program.",
        starts_at=now - timedelta(days=3), ends_at=now - timedelta(days=1, hours=6), now=now - timedelta(hours=5),
        by=MANAGER,
    )  # fmt: skip


def _told_and_mended(stage: Stage, calendar: DemoCalendar) -> None:
    found_at = calendar.ends_at - timedelta(days=40)
    row = note_incident(
        stage.program, kind="tracking_down", title="clicks on our links were not counted",
        cause="A certificate had expired, and some browsers refused to follow the links.",
        starts_at=found_at - timedelta(days=2), ends_at=found_at - timedelta(hours=4), now=found_at, by=MANAGER,
    )  # fmt: skip
    if row.touched.exists():
        tell_touched(row, now=found_at + timedelta(hours=1), by=MANAGER)
    how = "The certificate renews itself now, and we are told a week before it would expire."
    mend_incident(row, how, now=found_at + timedelta(days=2), by=MANAGER)
    told = Send.objects.filter(key__startswith=f"incident:{row.pk}:")
    told.update(state=Send.State.SENT, queued_at=F("planned_at"), delivered_at=F("planned_at"))
