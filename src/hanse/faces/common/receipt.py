"""The receipt of one commission in words, as `components/receipt_body.html` writes it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hanse.faces.common import format as fmt
from hanse.faces.common.evidence import EvidenceLine, evidence_lines
from hanse.faces.common.links import href
from hanse.faces.common.reader import Reader, reader
from hanse.kernel.ids import text_id
from hanse.money.commissions.receipts import Movement, Receipt, ReceiptLine, ReceiptOrder
from hanse.money.pricing.words import ArithmeticLine
from hanse.traffic.attribution.models import Attribution
from hanse.traffic.attribution.queries import attribution_of
from hanse.traffic.links.listing import links_by_number

AT_ONCE = 8  # lines of an order; one or two more would not be worth a fold


@dataclass(frozen=True, slots=True)
class MoveRow:
    """One movement of the last step; `run_href` leads to the payout run, where the reader may see it."""

    movement: Movement
    what: str
    note: str
    run_href: str


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    """A receipt with its words. `for_partner` leaves out what only the console may show."""

    receipt: Receipt
    id: str
    for_partner: bool
    state: tuple[str, str, str]
    lede: SafeString
    order_note: str
    why_title: str
    evidence: Sequence[EvidenceLine]
    others: str
    terms: tuple[str, str]
    terms_id: str
    moves: Sequence[MoveRow]
    has_transit: bool
    has_recouped: bool

    @property
    def lines(self) -> Sequence[ReceiptLine]:
        """The lines of the order that are shown at once; of long orders the first."""
        return self.receipt.order.lines[: _shown(self.receipt.order.lines)]

    @property
    def more_lines(self) -> Sequence[ReceiptLine]:
        """The lines that a long order folds away."""
        return self.receipt.order.lines[_shown(self.receipt.order.lines) :]

    @property
    def sums(self) -> Sequence[ArithmeticLine]:
        """The steps of the arithmetic that are shown at once."""
        return self.receipt.earned[: _shown(self.receipt.earned)]

    @property
    def more_sums(self) -> Sequence[ArithmeticLine]:
        """The steps that a long order folds away."""
        return self.receipt.earned[_shown(self.receipt.earned) :]

    @property
    def shown_minor(self) -> int:
        """The receipt's large amount: what is owed, and for a test order what it would be."""
        return self.receipt.earned_minor if self.receipt.order.is_test else self.receipt.owed_minor

    @property
    def still_owed_minor(self) -> int:
        """What has not reached the partner yet."""
        return self.receipt.held_minor + self.receipt.payable_minor + self.receipt.in_transit_minor


def _shown(rows: Sequence[object]) -> int:
    return len(rows) if len(rows) <= AT_ONCE + 2 else AT_ONCE


def receipt_page(receipt: Receipt, *, for_partner: bool = False) -> ReceiptPage:
    """Return a receipt as pages write it. Two queries. For a partner nobody else is named and nothing is linked."""
    now = reader()
    decided = attribution_of(receipt.order.conversion_id)
    own: Collection[UUID] | None = (receipt.enrolment_id,) if for_partner else None
    return ReceiptPage(
        receipt=receipt, id=text_id("com", receipt.id), for_partner=for_partner, state=state_badge(receipt, now),
        lede=_lede(receipt, now), order_note=_order_note(receipt.order, receipt, now),
        why_title=_("Why it is yours") if for_partner else _("Why it is theirs"),
        evidence=_evidence(receipt, decided, own), others=_others(receipt.others) if for_partner else "",
        terms=_terms(receipt, now), terms_id=text_id("trm", receipt.terms.id) if receipt.terms else "",
        moves=[_move(move, now, for_partner=for_partner) for move in receipt.movements],
        has_transit=any(move.in_transit_minor for move in receipt.movements),
        has_recouped=any(move.recouped_minor for move in receipt.movements),
    )  # fmt: skip


def _evidence(receipt: Receipt, decided: Attribution | None, own: Collection[UUID] | None) -> list[EvidenceLine]:
    numbers = {piece.link_number for piece in receipt.evidence if piece.link_number is not None}
    labels = (
        {number: link.label or f"/{link.slug}" for number, link in links_by_number(numbers).items()} if numbers else {}
    )
    return evidence_lines(receipt.evidence, decided, receipt.order.occurred_at, own=own, labels=labels)


def state_badge(receipt: Receipt, now: Reader) -> tuple[str, str, str]:
    """Return the word for a commission's state, with colour and glyph."""
    if receipt.order.is_test:
        return (_("A test, never paid"), "ochre", "test-pipe")
    if receipt.state == "paid":
        day = f" {_day(receipt.paid_at, now)}" if receipt.paid_at else ""
        return (_("Paid") + day, "sea", "check")
    if receipt.state == "held":
        return (_("On hold until %(day)s") % {"day": _day(receipt.held_until, now)}, "", "clock")
    words = {
        "kept": (_("On hold until a person decides"), "ochre", "clock-pause"),
        "payable": (_("Payable"), "sea", "check"),
        "in_transit": (_("On its way"), "sea", "send"),
        "taken_back": (_("All taken back"), "", "receipt-refund"),
        "voided": (_("Voided"), "brick", "x"),
    }
    return words.get(receipt.state, (receipt.state, "", "clock"))


def _day(at: datetime, now: Reader) -> str:
    day = at.astimezone(now.zone).date()
    return fmt.plain_day(day, now.language, year=day.year != now.today.year)


def _lede(receipt: Receipt, now: Reader) -> SafeString:
    value = fmt.money(receipt.order.value_minor, receipt.currency, now.language)
    earned = fmt.money(receipt.owed_minor, receipt.currency, now.language)
    if receipt.order.is_test:
        earned = fmt.money(receipt.earned_minor, receipt.currency, now.language)
        form = _("{value} of goods would earn <b>{earned}</b>. It is a test order: it counts nowhere.")
    elif receipt.voided_at:
        form = _("{value} of goods; the commission was voided.")
    elif receipt.order.refunded_minor:
        form = _("{value} of goods earned <b>{earned}</b> after what came back.")
    else:
        form = _("{value} of goods earned <b>{earned}</b>.")
    return format_html(form, value=value, earned=earned)


def _order_note(order: ReceiptOrder, receipt: Receipt, now: Reader) -> str:
    at = fmt.clock(order.occurred_at, now.zone)
    parts = [
        _who_bought(order, now.language),
        _("Bought at %(time)s (%(zone)s).") % {"time": at, "zone": fmt.zone_name(now.zone, now.language)},
    ]
    seconds = (order.received_at - order.occurred_at).total_seconds()
    if 0 <= seconds < 7 * 86_400:
        parts.append(
            _("It reached us %(span)s later.") % {"span": fmt.span(order.received_at - order.occurred_at, now.language)}
        )
    if receipt.share_ppm != 1_000_000:
        parts.append(_("%(share)s of it is credited here.") % {"share": fmt.rate(receipt.share_ppm, now.language)})
    if order.is_test:
        parts.append(_("A test: nothing is paid for it."))
    return " ".join(part for part in parts if part)


def _who_bought(order: ReceiptOrder, language: str) -> str:
    country = str(fmt.locale_of(language).territories.get(order.country, order.country)) if order.country else ""
    if order.is_new is None:
        return _("A customer from %(country)s.") % {"country": country} if country else ""
    if order.is_new:
        return _("A new customer from %(country)s.") % {"country": country} if country else _("A new customer.")
    return _("An existing customer from %(country)s.") % {"country": country} if country else _("An existing customer.")


def _others(others: Mapping[str, int]) -> str:
    number = sum(others.values())
    if not number:
        return ""
    form = ngettext(
        "%(n)d touch of another partner was looked at too.",
        "%(n)d touches of other partners were looked at too.",
        number,
    )
    return form % {"n": number}


def _terms(receipt: Receipt, now: Reader) -> tuple[str, str]:
    terms = receipt.terms
    if terms is None:
        return (_("No terms were in force on the day of the order."), "")
    scope = {
        "program": _("The program’s terms"), "tier": _("Terms of the tier %(tier)s") % {"tier": terms.tier_name},
        "negotiated": _("Terms agreed one to one"),
    }[terms.scope]  # fmt: skip
    start = fmt.long_day(terms.starts_at.astimezone(now.zone).date(), now.language)
    if terms.until:
        last = fmt.long_day(terms.until.astimezone(now.zone).date(), now.language)
        force = _("in force from %(start)s to %(last)s") % {"start": start, "last": last}
    else:
        force = _("in force since %(start)s") % {"start": start}
    accepted = ""
    if terms.accepted_at:
        day = fmt.long_day(terms.accepted_at.astimezone(now.zone).date(), now.language)
        accepted = "; " + _("accepted %(day)s at %(time)s") % {
            "day": day,
            "time": fmt.clock(terms.accepted_at, now.zone),
        }
    return (scope, f"{force}{accepted}.")


def _move(move: Movement, now: Reader, *, for_partner: bool) -> MoveRow:
    run_href = ""
    if move.run_id and not for_partner:
        run_href = href("console:payout_run", text_id("run", move.run_id))
    return MoveRow(move, cause_words(move), move.run_number, run_href)


def cause_words(move: Movement) -> str:
    """Return what a ledger transaction was for, in a few words."""
    words = {
        "accrual": _("Earned"),
        "release": _("Hold ended"),
        "refund": _("Return"),
        "chargeback": _("Chargeback"),
        "dispute_won": _("Dispute won"),
        "attribution": _("Credited otherwise"),
        "reprice": _("Counted anew"),
        "recoup": _("Pays back an advance"),
        "void": _("Voided"),
        "adjustment": _("Adjustment"),
        "payout_opened": _("Payout begun"),
        "payout_settled": _("Paid"),
        "payout_failed": _("Payout failed, back to payable"),
        "payout_returned": _("Payout came back"),
    }
    text = words.get(move.cause, move.cause.replace("_", " ").capitalize())
    if move.cause == "release" and move.recouped_minor:
        return _("Hold ended; it pays back an advance")
    if move.cause in ("refund", "chargeback") and move.held_minor:
        return _("%(what)s while on hold") % {"what": text}
    return text
