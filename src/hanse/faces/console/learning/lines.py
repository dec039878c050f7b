"""Lessons, embargoes and seats on a partner's timeline."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hanse.faces.common.links import href
from hanse.faces.console.timeline_words import Line
from hanse.growth.roadmap.models import EmbargoAcceptance
from hanse.growth.training.models import LessonProgress
from hanse.kernel.ids import text_id
from hanse.programs.enrolments.models import Enrolment

_EACH = 20


def learning_lines(enrolment: Enrolment, topic: str) -> list[Line]:
    """Return lessons that a partner did and embargoes that she accepted. Two queries; none under other topics."""
    if topic not in ("", "talk"):
        return []
    done = LessonProgress.objects.filter(enrolment=enrolment, done_at__isnull=False).select_related("lesson")
    agreed = EmbargoAcceptance.objects.filter(enrolment=enrolment).select_related("preview")
    return [
        *(_lesson(row) for row in done.order_by("-done_at")[:_EACH]),
        *(_embargo(row) for row in agreed.order_by("-accepted_at")[:_EACH]),
    ]


def _lesson(row: LessonProgress) -> Line:
    assert row.done_at is not None
    title = _("Did the lesson %(key)s") % {"key": row.lesson.key}
    note = {"live": _("live"), "outside": _("elsewhere")}.get(row.way, "")
    return Line(
        row.done_at, "books", title, note, href("console:lesson", text_id("les", row.lesson_id)), _("The lesson"),
        is_sea=True,
    )  # fmt: skip


def _embargo(row: EmbargoAcceptance) -> Line:
    note = _("by %(who)s, version %(hash)s") % {"who": row.by, "hash": row.version_digest[:12]}
    return Line(
        row.accepted_at, "lock", _("Accepted the embargo on %(title)s") % {"title": row.preview.title}, note,
        href("console:preview", text_id("prv", row.preview_id)), _("The preview"),
    )  # fmt: skip
