"""What a customer is told by mail: their link and their code, or the address that makes both."""

from __future__ import annotations

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from hanse.growth.sharing.models import SharingCustomer, SharingOffer
from hanse.growth.sharing.types import Buyer
from hanse.spine.outbox.actions import absolute_url
from hanse.spine.outbox.letters import Letter, send_letter
from hanse.traffic.links.queries import link_address


def send_sharing_letter(row: SharingCustomer, offer: SharingOffer, secret: str, now: datetime) -> None:
    """Promise the letter with link and code, once for each enrolment."""
    partner, program = row.enrolment.partner, offer.program
    with translation.override(partner.language):
        code = row.coupon.code if row.coupon else ""
        names = {"program": program.name, "code": code, "friend_gets": offer.friend_gets}
        paragraphs = [_("Send friends this link, or tell them your code. What they buy counts as yours.")]
        if offer.friend_gets:
            paragraphs.append(_("Your friends get: %(friend_gets)s.") % names)
        letter = Letter(
            subject=_("Your link and code for %(program)s") % names,
            sender=program.name,
            kicker=_("for your friends"),
            paragraphs=tuple(paragraphs),
            address=link_address(row.link) if row.link else "",
            after=(_("Your code: %(code)s") % names,) if code else (),
            link_label=_("See what your friends bought"),
            link=absolute_url(f"/sign-in/{secret}/confirm"),  # mail scanners open links
            closing=_("You did not ask for this? Then do nothing; nobody else gets your link."),
        )
    send_letter(letter, f"sharing:{row.enrolment_id}", to=partner.email, language=partner.language, now=now)


def send_address(offer: SharingOffer, buyer: Buyer, address: str, now: datetime) -> None:
    """Promise the letter that lets somebody take the offer up: only who reads this mailbox can. Once a day each."""
    language = buyer.language or "en"
    with translation.override(language):
        names = {"program": offer.program.name}
        letter = Letter(
            subject=_("One click to your link for %(program)s") % names,
            sender=offer.program.name,
            kicker=_("for your friends"),
            paragraphs=(_("Somebody, we hope you, asked for a link and a code to share with friends. Here they are."),),
            link_label=_("Get my link and code"),
            link=address,
            closing=_("It was not you? Then do nothing."),
        )
    key = f"sharing-address:{offer.program_id}:{buyer.email}:{now.date()}"
    send_letter(letter, key, to=buyer.email, language=language, now=now)
