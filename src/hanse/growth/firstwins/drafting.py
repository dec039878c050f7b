"""What the owner may say to a first sale: written from its own numbers, in the partner's language."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import format_currency
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hanse.kernel.clock import local_day
from hanse.kernel.ids import text_id
from hanse.kernel.money import digits
from hanse.money.commissions.models import Commission
from hanse.money.commissions.queries import explanation_of
from hanse.money.pricing.words import ArithmeticLine
from hanse.programs.terms.sentences import active_locale
from hanse.spine.outbox.actions import portal_address

_MOST_LINES = 4


@dataclass(frozen=True, slots=True)
class Drafted:
    """A note that nobody has read yet."""

    subject: str
    text: str


def draft(commission: Commission, owner: str) -> Drafted:
    """Write the note about a first commission; `owner` signs it. The commission comes with its relations."""
    partner, program = commission.enrolment.partner, commission.program
    with translation.override(partner.language):
        zone = program.time_zone
        joined_on, sold_on = (local_day(at, zone) for at in (commission.enrolment.enrolled_at, commission.occurred_at))
        days = max(0, (sold_on - joined_on).days)
        said = {
            "name": (partner.contact_name or partner.name).split(" ")[0], "program": program.name, "days": days,
            "value": _money(commission.value_minor, commission.currency),
            "amount": _money(commission.owed_minor, commission.currency), "owner": owner or program.name,
            "link": portal_address(f"/p/earnings/{text_id('com', commission.pk)}", program.slug),
        }  # fmt: skip
        came = ngettext(
            "your first sale is here, %(days)d day after you joined: an order over %(value)s. You earned %(amount)s.",
            "your first sale is here, %(days)d days after you joined: an order over %(value)s. You earned %(amount)s.",
            days,
        )
        paragraphs = (
            _("Hello %(name)s,") % said,
            came % said,
            "\n".join(_line(line, commission.currency) for line in earned_lines(commission) if line.formula),
            _("Line by line: %(link)s") % said,
            _("Well done. What did you show, and where? If you tell me, I can help with the next one."),
            f"{said['owner']}\n{program.name}" if owner else program.name,
        )
        return Drafted(_("Your first sale: well done") % said, "\n\n".join(part for part in paragraphs if part))


def earned_lines(commission: Commission) -> list[ArithmeticLine]:
    """Return how a commission came about, in the active language; nothing where it is longer than a letter bears."""
    lines = list(explanation_of(commission.pk, for_partner=True).earned)
    return lines if len(lines) <= _MOST_LINES else []


def _line(line: ArithmeticLine, currency: str) -> str:
    """Write one line of the arithmetic with its rounded result: `Tea: £78.00 × 20% = £15.60`."""
    before, _equals, _exact = line.formula.rpartition(" = ")
    return f"{line.label}: {before or line.formula} = {_money(line.amount_minor, currency)}"


def _money(amount_minor: int, currency: str) -> str:
    return format_currency(Decimal(amount_minor).scaleb(-digits(currency)), currency, locale=active_locale())
