"""A commission's explanation as its partner reads it: nothing of other partners but how many there were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hanse.faces.common import format as fmt
from hanse.faces.common.evidence import EvidenceLine, evidence_lines
from hanse.faces.common.goals import goal_name
from hanse.faces.common.reader import Reader, reader
from hanse.faces.portal.seat import Seat
from hanse.kernel.ids import text_id
from hanse.money.commissions.models import Commission
from hanse.money.commissions.queries import explanation_of
from hanse.money.commissions.receipts import Movement, Receipt, ReceiptOrder
from hanse.money.commissions.receipts import ReceiptLine as OrderLine
from hanse.money.payouts.words import cause_words
from hanse.traffic.attribution.queries import attribution_of


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One line with its amount in words."""

    name: str
    note: str
    amount: str


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    """What `portal/receipt.html` writes."""

    text_id: str
    of: Receipt
    goal: str
    state: str
    colour: str
    order_lines: Sequence[ReceiptLine]
    order_note: str
    evidence: Sequence[EvidenceLine]
    others: str
    earned: Sequence[ReceiptLine]
    changes: Sequence[ReceiptLine]
    movements: Sequence[ReceiptLine]
    left_minor: int
    value: str
    earned_sum: str
    owed_sum: str


def receipt_for(seat: Seat, commission: Commission) -> ReceiptPage:
    """Return the explanation of one of the partner's own commissions. A fixed number of queries."""
    of, now = explanation_of(commission.pk, for_partner=True), reader()
    decided = attribution_of(of.order.conversion_id)
    state, colour = _state(of, now)
    return ReceiptPage(
        text_id=text_id("com", of.id),
        of=of,
        goal=goal_name(of.order.goal, of.order.goal_name),
        state=state,
        colour=colour,
        order_lines=[
            ReceiptLine(line.label or _("The order"), _line_note(line), _money(line.amount_minor, of, now))
            for line in of.order.lines
        ],
        order_note=_order_note(of.order),
        evidence=evidence_lines(of.evidence, decided, of.order.occurred_at, own={seat.enrolment.pk}),
        others=_others(sum(of.others.values())),
        earned=[ReceiptLine(one.label, one.formula, _money(one.amount_minor, of, now)) for one in of.earned],
        changes=[ReceiptLine(one.label, one.formula, _money(one.amount_minor, of, now)) for one in of.changes],
        movements=[_movement(move, of, now) for move in of.movements],
        left_minor=0 if of.voided_at else of.owed_minor,
        value=_money(of.order.value_minor, of, now),
        earned_sum=_money(of.earned_minor, of, now),
        owed_sum=_money(of.owed_minor, of, now),
    )  # fmt: skip


def _money(amount_minor: int, of: Receipt, now: Reader) -> str:
    return fmt.money(amount_minor, of.currency, now.language)


def _line_note(line: OrderLine) -> str:
    category = line.category if line.category != line.label else ""
    return " ".join(part for part in (f"× {line.quantity}" if line.quantity > 1 else "", category) if part)


def _order_note(order: ReceiptOrder) -> str:
    where = str(fmt.locale_of(reader().language).territories.get(order.country, order.country))
    if order.is_new and where:
        return _("A new customer, %(country)s.") % {"country": where}
    if order.is_new:
        return _("A new customer.")
    if order.is_new is False:
        return _("A customer who had bought before.")
    return ""


def _others(count: int) -> str:
    if not count:
        return ""
    form = ngettext(
        "%(n)d touch of another partner was looked at too; it does not outrank yours.",
        "%(n)d touches of other partners were looked at too; none outranks yours.",
        count,
    )
    return form % {"n": count}


def _state(of: Receipt, now: Reader) -> tuple[str, str]:
    def day(at: object) -> str:
        return fmt.plain_day(at.astimezone(now.zone).date(), now.language)  # type: ignore[attr-defined]  # a datetime

    if of.order.is_test:
        return _("Test order"), "ochre"
    return {
        "paid": (_("Paid %(day)s") % {"day": day(of.paid_at)} if of.paid_at else _("Paid"), "sea"),
        "in_transit": (_("On its way"), "sea"),
        "payable": (_("Ready for the next payout"), ""),
        "held": (_("On hold until %(day)s") % {"day": day(of.held_until)}, ""),
        "kept": (_("On hold until a person has looked at it"), "ochre"),
        "taken_back": (_("Returned"), ""),
        "voided": (_("Voided"), "brick"),
    }[of.state]


def _movement(move: Movement, of: Receipt, now: Reader) -> ReceiptLine:
    amount = move.held_minor + move.payable_minor + move.in_transit_minor + move.paid_minor
    if not amount:
        amount = max(move.held_minor, move.payable_minor, move.in_transit_minor, move.paid_minor)
    at = fmt.plain_day(move.posted_at.astimezone(now.zone).date(), now.language, year=True)
    note = f"{at}, {move.run_number}" if move.run_number else at
    return ReceiptLine(cause_words(move.cause), note, _money(amount, of, now))
