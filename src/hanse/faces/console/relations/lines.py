"""Silence and pieces on a partner's timeline."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from hanse.faces.common.links import href
from hanse.faces.console.timeline_words import Line
from hanse.growth.silence.models import SilentSpell
from hanse.growth.silence.plays import PLAYS
from hanse.insight.events.models import PartnerEvent
from hanse.insight.events.types import PIECE
from hanse.kernel.ids import text_id
from hanse.programs.enrolments.models import Enrolment

_SPELLS, _PIECES = 20, 20


def silence_lines(enrolment: Enrolment, topic: str) -> list[Line]:
    """Return when a partner fell silent, what was done and when they were heard again. One query, none elsewhere."""
    if topic not in ("", "standing"):
        return []
    rows = SilentSpell.objects.filter(enrolment=enrolment).order_by("-found_on")[:_SPELLS]
    return [line for row in rows for line in _of_spell(row, enrolment)]


def piece_lines(enrolment: Enrolment, topic: str) -> list[Line]:
    """Return what a partner published. One query, none under other topics."""
    if topic:
        return []
    rows = PartnerEvent.objects.filter(enrolment_id=enrolment.pk, kind=PIECE).order_by("-occurred_at")[:_PIECES]
    return [
        Line(row.occurred_at, "news", _("Published a piece"), str(row.detail.get("title") or ""), is_sea=True)
        for row in rows
    ]


def _of_spell(row: SilentSpell, enrolment: Enrolment) -> Iterator[Line]:
    play, page = PLAYS[row.cause], href("console:silent_one", text_id("enr", enrolment.pk))
    yield Line(_noon(row.found_on, enrolment), "moon", _("Fell silent"), str(play.name), page, _("Silence"))
    if row.acted_at is not None:
        yield Line(row.acted_at, "check", str(play.todo), row.note or row.acted_by)
    if row.ended_on is not None:
        yield Line(_noon(row.ended_on, enrolment), "sun", _("Heard again"), is_sea=True)


def _noon(day: date, enrolment: Enrolment) -> datetime:
    return datetime.combine(day, time(12), ZoneInfo(enrolment.program.time_zone))
