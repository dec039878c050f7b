"""News about what can be learned and what is coming. What is under an embargo is told by its teaser alone."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hanse.faces.portal.news_kinds import News
from hanse.faces.portal.seat import Seat
from hanse.growth.roadmap.queries import fresh_for
from hanse.kernel.ids import text_id

_EACH = 2


def learning_news(seat: Seat, since: datetime) -> list[News]:
    """Return what is new since a moment: lessons (one line for all since she joined), and previews. One query."""
    fresh = fresh_for(seat.enrolment, since)
    lessons = [at for at, teaser, _pk in fresh if not teaser and at >= seat.enrolment.enrolled_at]
    found = [
        News(at, teaser, _("Coming: you hear of it first"), reverse("portal:coming_one", args=[text_id("prv", pk)]))
        for at, teaser, pk in [one for one in fresh if one[1]][:_EACH]
    ]
    if lessons:
        title = ngettext("A new lesson", "%(n)d new lessons", len(lessons)) % {"n": len(lessons)}
        note = _("Five minutes, and a question or two.")
        found.append(News(max(lessons), title, note, reverse("portal:lessons")))
    return found
