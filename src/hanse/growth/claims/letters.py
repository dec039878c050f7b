"""What a partner is told about a claim."""

from __future__ import annotations

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from hanse.growth.claims.models import Claim
from hanse.spine.outbox.actions import portal_address
from hanse.spine.outbox.letters import Letter, send_letter


def send_answer(claim: Claim, now: datetime) -> None:
    """Send our answer to the partner's own address."""
    partner, program = claim.enrolment.partner, claim.program
    names = {"order": claim.external_id, "name": partner.contact_name or partner.name}
    with translation.override(partner.language):
        letter = Letter(
            subject=_("Our answer about order %(order)s") % names,
            paragraphs=(_("Hello %(name)s,") % names, claim.answer),
            link_label=_("Open my portal"),
            link=portal_address("/p/why", program.slug),
            sender=program.name,
            kicker=_("partner program"),
        )
    send_letter(letter, f"claim:{claim.pk}", to=partner.email, language=partner.language, now=now)
