"""Training: lessons, live sessions, and whether it leads to a first sale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from babel.numbers import format_decimal
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from hanse.faces.common import format as fmt
from hanse.faces.common.access import console_page, may
from hanse.faces.common.charts import Chart, Series, Unit, trend
from hanse.faces.common.page import needs_program
from hanse.faces.common.reader import Reader, reader
from hanse.faces.common.tables import UrlState, csv_file, wants_csv
from hanse.faces.console.learning.words import audience_names, audience_words
from hanse.faces.console.resources.frame import resources_page
from hanse.growth.meetings.queries import sessions_of
from hanse.growth.meetings.rules import is_over
from hanse.growth.training.models import Lesson, LessonVersion
from hanse.growth.training.queries import effect_of, lessons_of, versions_now
from hanse.growth.training.types import Effect
from hanse.insight.survival.comparing import Share
from hanse.kernel.clock import local_day
from hanse.kernel.ids import text_id
from hanse.programs.programs.models import Program

_SESSIONS = 50


@dataclass(frozen=True, slots=True)
class LessonRow:
    """One lesson in the list."""

    id: str
    lesson: Lesson
    version: LessonVersion
    audience: str
    state: tuple[str, str]
    began: int
    done: int


@console_page()
@needs_program
@require_GET
def training(request: HttpRequest, program: Program) -> HttpResponseBase:
    """Show lessons with who did them, sessions with their seats, and the effect on first sales."""
    now = reader()
    lessons = list(lessons_of(program.pk)[:200])
    rows = lesson_rows(lessons, audience_names(program))
    if wants_csv(request):
        return csv_file("lessons", ("lesson", "key", "begun", "done"), (
            (row.version.title, row.lesson.key, row.began, row.done) for row in rows
        ))  # fmt: skip
    effect = effect_of(program, local_day(now.now, program.time_zone))
    sessions = list(sessions_of(program.pk)[:_SESSIONS])
    ahead = [row for row in sessions if row.cancelled_at is None and not is_over(row.starts_at, row.minutes, now.now)]
    past = [row for row in sessions if row not in ahead]
    context = {
        "program": program, "rows": rows, "may_act": may(request), "done": sum(row.done for row in rows),
        "open": sum(1 for row in rows if row.lesson.published_at and not row.lesson.archived_at),
        "ahead": [(text_id("mtg", row.pk), row) for row in reversed(ahead)],
        "past": [(text_id("mtg", row.pk), row) for row in past],
        "effect": effect_words(effect, now), "chart": effect_chart(effect, now) if effect.is_enough else None,
        "export_link": UrlState(request.GET).link(format="csv"),
    }  # fmt: skip
    return resources_page(request, "console/learning/training.html", "training", context)


def lesson_rows(lessons: Sequence[Any], names: dict[str, str]) -> list[LessonRow]:
    """Return lessons as they are listed. One query."""
    versions = versions_now(lessons)
    return [
        LessonRow(
            text_id("les", one.pk), one, versions[one.pk], audience_words(one.tiers, one.types, names), state_of(one),
            one.began, one.done,
        )
        for one in lessons
    ]  # fmt: skip


def state_of(lesson: Lesson) -> tuple[str, str]:
    """Say where a lesson stands, with its colour."""
    if lesson.archived_at is not None:
        return _("put away"), ""
    return (_("open"), "sea") if lesson.published_at is not None else (_("draft"), "ochre")


def effect_words(effect: Effect, now: Reader) -> dict[str, Any]:
    """Return the effect as it is told: nothing but counts while either group is small."""
    said: dict[str, Any] = {
        "effect": effect, "n_done": effect.done.n, "n_others": effect.others.n, "is_enough": effect.is_enough,
        "day": effect.landmark_days + effect.horizon_days, "left_out": _left_out(effect),
        "done": share_words(effect.done_share, now), "others": share_words(effect.others_share, now),
        "months": [
            {"name": fmt.month(row.month, now.language, year=True), "row": row,
             "done": fmt.ratio(row.done_sold, row.done), "others": fmt.ratio(row.others_sold, row.others)}
            for row in effect.months
        ],
    }  # fmt: skip
    if effect.is_enough and effect.gap is not None and effect.pace is not None:
        said |= {
            "gap": _points(effect.gap.difference, now), "gap_low": _points(effect.gap.low, now),
            "gap_high": _points(effect.gap.high, now), "times": _decimal(effect.pace.times, now),
            "times_low": _decimal(effect.pace.low, now), "times_high": _decimal(effect.pace.high, now),
            "is_clear": effect.pace.is_clear and effect.gap.is_clear, "is_more": effect.gap.difference > 0,
            "strata": effect.pace.strata,
        }  # fmt: skip
    return said


def share_words(share: Share | None, now: Reader) -> str:
    """Write a share with its interval and n."""
    if share is None:
        return _("nobody was watched for so long yet")
    parts = {
        "share": fmt.percent(share.value, now.language, places=0), "n": fmt.number(share.n, now.language),
        "low": fmt.percent(share.low, now.language, places=0), "high": fmt.percent(share.high, now.language, places=0),
    }  # fmt: skip
    return _("%(share)s (%(low)s to %(high)s, n = %(n)s)") % parts


def effect_chart(effect: Effect, now: Reader) -> Chart:
    """Draw first sales of both groups by days after the landmark."""
    days = min(effect.horizon_days * 2, effect.done.last_day, effect.others.last_day)
    labels = [str(day) for day in range(days + 1)]
    lines = [
        Series(name, labels, [round(100 * curve.share_by(day)) for day in range(days + 1)])
        for name, curve in ((_("Lesson done by then"), effect.done), (_("Not done by then"), effect.others))
    ]
    summary = _("After %(days)d days %(done)s %% with a lesson had sold, and %(others)s %% without.") % {
        "days": effect.horizon_days, "done": round(100 * effect.done.share_by(effect.horizon_days)),
        "others": round(100 * effect.others.share_by(effect.horizon_days)),
    }  # fmt: skip
    return trend(
        now, Unit(), *lines, name="training-effect", title=_("Share in % with a first sale, by days after day 14"),
        summary=summary, caption=_("Kaplan–Meier from day 14 after joining, of those who had not sold by then."),
    )  # fmt: skip


def _left_out(effect: Effect) -> list[str]:
    counted = (
        (effect.sold_before, ngettext("%(n)d had sold before", "%(n)d had sold before", effect.sold_before)),
        (effect.left_before, ngettext("%(n)d had left", "%(n)d had left", effect.left_before)),
        (effect.too_new, ngettext("%(n)d joined too lately", "%(n)d joined too lately", effect.too_new)),
        (effect.not_offered, ngettext("%(n)d joined before there was a lesson",
                                      "%(n)d joined before there was a lesson", effect.not_offered)),
    )  # fmt: skip
    return [text % {"n": n} for n, text in counted if n]


def _points(difference: float, now: Reader) -> str:
    return str(format_decimal(round(100 * difference), format="+0;-0", locale=fmt.locale_of(now.language)))


def _decimal(value: float, now: Reader) -> str:
    return str(format_decimal(round(value, 1), locale=fmt.locale_of(now.language)))
