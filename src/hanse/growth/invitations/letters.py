"""What somebody who is invited is told by mail, in their language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hanse.growth.invitations.models import Invitation
from hanse.growth.invitations.secret import invitation_path
from hanse.programs.programs.models import Program
from hanse.programs.terms.models import Terms
from hanse.programs.terms.queries import body_of
from hanse.programs.terms.sentences import sentences
from hanse.spine.outbox.actions import absolute_url
from hanse.spine.outbox.letters import Letter, mail_of


def invitation_mail(
    row: Invitation, program: Program, terms: Terms | None, sender: str, now: datetime
) -> tuple[str, Mapping[str, object]]:
    """Return the key and the mail that invites somebody; the same person gets it once a day at most."""
    page = absolute_url(invitation_path(program.slug, row.pk))
    with translation.override(row.language):
        names = {"program": program.name, "name": row.name.split()[0] if row.name else ""}
        letter = Letter(
            subject=_("Would you like to be a partner of %(program)s?") % names,
            sender=program.name,
            kicker=_("an invitation"),
            preview=_("What you would earn, and a form that is filled in already."),
            paragraphs=(
                _("Hello %(name)s,") % names if row.name else _("Hello,"),
                row.note or _("We would like to work with you: you tell people about us, and earn on what they buy."),
            ),
            link_label=_("See what you would earn"),
            link=page,
            facts_title=_("What you would earn"),
            facts=_facts(program, terms),
            signature=sender,
            closing=_("You would rather not? Say so here, and we do not write again: %(link)s")
            % {"link": f"{page}/no"},
        )
    mail = dict(mail_of(letter, to=row.email, language=row.language))
    mail["headers"] = {"List-Unsubscribe": f"<{page}/no>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return f"invitation:{row.pk}:{now.date()}", mail


def _facts(program: Program, terms: Terms | None) -> tuple[tuple[str, str], ...]:
    earned = sentences(body_of(terms), program.currency) if terms else []
    rest = ngettext("%(days)d day after the sale", "%(days)d days after the sale", program.hold_days)
    numbered = ((f"{number}.", line) for number, line in enumerate(earned, 1))
    return (*numbered, (_("Can be paid"), rest % {"days": program.hold_days}))
