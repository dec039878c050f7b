"""News about what can be learned and what is coming. What is under an embargo is told by its teaser alone."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hanse.faces.portal.news_kinds import News
from hanse.faces.portal.seat import Seat
from hanse.growth.audiences.meant import is_meant_for
from hanse.growth.roadmap.queries import shown_to
from hanse.growth.training.queries import open_lessons
from hanse.kernel.ids import text_id

_EACH = 2


def learning_news(seat: Seat, since: datetime) -> list[News]:
    """Return lessons and previews that are new since a moment, whichever came last. Two queries."""
    return [*_lessons(seat, since), *_coming(seat, since)]


def _lessons(seat: Seat, since: datetime) -> list[News]:
    """One line for all that came since: a partner who joined later has had nothing new."""
    fresh = [
        one.published_at
        for one in open_lessons(seat.program.pk)
        if one.published_at is not None and one.published_at >= max(since, seat.enrolment.enrolled_at)
        and is_meant_for(one.tiers, one.types, seat.enrolment)
    ]  # fmt: skip
    if not fresh:
        return []
    title = ngettext("A new lesson", "%(n)d new lessons", len(fresh)) % {"n": len(fresh)}
    return [News(max(fresh), title, _("Five minutes, and a question or two."), reverse("portal:lessons"))]


def _coming(seat: Seat, since: datetime) -> list[News]:
    fresh = [row for row in shown_to(seat.enrolment) if row.published_at is not None and row.published_at >= since]
    return [
        News(row.published_at or since, row.teaser, _("Coming: you hear of it first"),
             reverse("portal:coming_one", args=[text_id("prv", row.pk)]))
        for row in fresh[:_EACH]
    ]  # fmt: skip
