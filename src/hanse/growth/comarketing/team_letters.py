"""What our own people are told by mail when a partner says something about a joint project."""

from __future__ import annotations

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from hanse.growth.comarketing.models import JointProject
from hanse.kernel.ids import text_id
from hanse.people.access.queries import who_answers
from hanse.spine.outbox.actions import absolute_url
from hanse.spine.outbox.letters import Letter, send_letter


def tell_team(row: JointProject, what: str, now: datetime, text: str = "", key: str = "") -> None:
    """Tell who looks after the partner, else everybody who decides, each once: the partner `asked`, `agreed`,
    `declined`, `cancelled` or sent `proof`."""
    said = {"who": row.enrolment.partner.name, "title": row.title}
    for person in who_answers(row.enrolment.partner.owner_id):
        language = person.language or "en"
        with translation.override(language):
            letter = Letter(
                subject=_subject(what) % said, paragraphs=(text,) if text else (), link_label=_("Open the project"),
                link=absolute_url(f"/console/content/together/{text_id('jnt', row.pk)}"), sender=row.program.name,
                kicker=_("partner program"),
            )  # fmt: skip
        name = f"joint:{row.pk}:{what}:{key or row.version}:{person.pk}"
        send_letter(letter, name, to=person.email, language=language, now=now)


def _subject(what: str) -> str:
    return {
        "asked": _("%(who)s would like to do something together: %(title)s"),
        "agreed": _("%(who)s said yes: %(title)s"),
        "declined": _("%(who)s said no: %(title)s"),
        "cancelled": _("%(who)s called it off: %(title)s"),
        "proof": _("%(who)s shows how it went: %(title)s"),
    }[what]
