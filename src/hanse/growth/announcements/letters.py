"""What partners are told when something good has happened."""

from __future__ import annotations

from decimal import Decimal

from babel.numbers import format_currency
from django.utils import translation
from django.utils.translation import gettext as _

from hanse.growth.firstwins.drafting import earned_lines
from hanse.kernel.ids import text_id
from hanse.kernel.money import digits
from hanse.money.commissions.models import Commission
from hanse.money.payouts.models import Payout
from hanse.programs.terms.sentences import active_locale
from hanse.spine.outbox.actions import portal_address
from hanse.spine.outbox.letters import Letter


def first_sale_letter(commission: Commission) -> Letter:
    """Celebrate the first sale, with the way to its explanation."""
    partner, program = commission.enrolment.partner, commission.program
    with translation.override(partner.language):
        amount = {
            "amount": _money(commission.owed_minor, commission.currency), "order": commission.conversion.external_id,
            "value": _money(commission.value_minor, commission.currency),
            "name": _first_name(partner.contact_name, partner.name),
        }  # fmt: skip
        return Letter(
            subject=_("Your first sale: %(amount)s") % amount,
            title=_("%(name)s, your first sale is here") % amount,
            preview=_("You earned %(amount)s. See how it came about.") % amount,
            paragraphs=(
                _("Somebody bought through you: order %(order)s over %(value)s. You earned %(amount)s.") % amount,
                _("The page behind the button shows how it came about, line by line."),
            ),
            link_label=_("See why it is %(amount)s") % amount,
            link=portal_address(f"/p/earnings/{text_id('com', commission.pk)}", program.slug),
            facts_title=_("How it came about"),
            facts=tuple((f"{line.label} {line.formula}".strip(), _money(line.amount_minor, commission.currency))
                        for line in earned_lines(commission)),
            closing=_(
                "It rests until returns are unlikely, then it can be paid. The second sale comes easier: show it again "
                "where it worked."
            ),
            sender=program.name,
            kicker=_("partner program"),
        )  # fmt: skip


def payout_letter(payout: Payout) -> Letter:
    """Say that money has been sent, and where the statement is."""
    partner, program = payout.partner, payout.run.program
    with translation.override(partner.language):
        amount = {"amount": _money(payout.amount_minor, payout.currency)}
        facts = [(_("Amount"), amount["amount"]), (_("Payout"), payout.run.number)]
        if payout.reference:
            facts.append((_("Reference"), payout.reference))
        return Letter(
            subject=_("%(amount)s is on its way to you") % amount,
            title=_("%(amount)s for you") % amount,
            preview=_("Sent to the account you gave us."),
            paragraphs=(_("We have sent it to the account you gave us. Banks take up to three working days."),),
            link_label=_("See the statement"),
            link=portal_address("/p/payouts", program.slug),
            facts=tuple(facts),
            sender=program.name,
            kicker=_("partner program"),
        )


def _first_name(contact: str, name: str) -> str:
    return contact.split(" ")[0] if contact else name


def _money(amount_minor: int, currency: str) -> str:
    return format_currency(Decimal(amount_minor).scaleb(-digits(currency)), currency, locale=active_locale())
