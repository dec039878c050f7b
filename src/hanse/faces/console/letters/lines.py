"""Letters on a partner's timeline: what was sent, what came of it, and what waits or did not go."""

from __future__ import annotations

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from hanse.faces.common.letter_words import name_of_kind
from hanse.faces.console.letters.words import dropped_names
from hanse.faces.console.timeline_words import Line
from hanse.growth.sends.models import Send
from hanse.growth.sends.queries import letters_of
from hanse.programs.enrolments.models import Enrolment

_EACH = 20
_LONGEST = 220


def letter_lines(enrolment: Enrolment, topic: str) -> list[Line]:
    """Return the latest letters to a partner. One query; none under other topics."""
    if topic not in ("", "talk"):
        return []
    return [_line(row) for row in letters_of(enrolment.pk)[:_EACH]]


def _line(row: Send) -> Line:
    name = row.subject or (row.version.template.name if row.version else name_of_kind(row.kind))
    said = [Truncator(row.text).chars(_LONGEST)] if row.text else [name_of_kind(row.kind)]
    if row.state == Send.State.DROPPED:
        why = dropped_names().get(row.dropped_why, row.dropped_why)
        return Line(row.dropped_at or row.planned_at, "mail", _("Not sent: %(name)s") % {"name": name}, why)
    if row.letter_id is None:
        return Line(row.planned_at, "mail", _("Waits for its turn: %(name)s") % {"name": name}, said[0])
    if row.bounced_at:
        said.append(_("came back"))
    if row.clicked_at:
        said.append(_("clicked"))
    if row.replied_at:
        said.append(_("answered"))
    if row.unsubscribed_at:
        said.append(_("stopped letters like it"))
    who = _("%(who)s wrote: %(name)s") if row.by else _("Letter: %(name)s")
    title = who % {"who": row.by, "name": name}
    return Line(row.queued_at or row.planned_at, "mail", title, " · ".join(said), is_sea=bool(row.replied_at))
