"""Verbs of resale orders: report, confirm, decline, cancel. No money of them stands in the ledger."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from hanse.kernel.clock import day_starts_at, local_day
from hanse.kernel.errors import Conflict, Refused
from hanse.kernel.ids import new_id
from hanse.kernel.money import MAX_AMOUNT_MINOR
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.spine.audit.actions import audited_save, record_creation
from hanse.spine.checks import Checks
from hanse.traffic.attribution.models import Attribution, Credit
from hanse.traffic.deals.customers import NamedCustomer, named_customer
from hanse.traffic.deals.evidence import naming
from hanse.traffic.deals.models import Deal
from hanse.traffic.pricelists.models import PriceLine, PriceVersion
from hanse.traffic.pricelists.queries import prices_for
from hanse.traffic.resale.models import ResaleLine, ResaleOrder

Status = ResaleOrder.Status
MOST_LINES = 200
MOST_UNITS = 1_000_000
OPEN_AT_ONCE = 200
_AUDITED = ("external_id", "status", "ordered_on", "customer_label", "list_minor", "partner_minor", "enrolment_id")


def record_resale(
    enrolment: Enrolment, *, external_id: str, ordered_on: date, lines: Sequence[tuple[str, int]],
    customer_email: str = "", customer_external_id: str = "", company_domain: str = "", note: str = "",
    is_confirmed: bool, now: datetime, by: str,
) -> ResaleOrder:  # fmt: skip
    """Record an order that a partner sold on: products and quantities, at the prices of their list on that day.

    A partner reports, a colleague confirms (`is_confirmed` does both). The same order again is the same order; another
    one under its number raises Conflict. Raises Invalid with a pointer to each line that has no price; refuses partners
    who are not active. A protected or open deal of the partner with that customer counts as won by it.
    """
    if enrolment.status != Enrolment.Status.ACTIVE:
        raise Refused("enrolment_closed", _("Only active partners resell."))
    checks = Checks()
    external_id = checks.text("external_id", external_id, 200, required=True)
    note = checks.text("note", note, 2000, lines=True)
    if ordered_on > local_day(now, enrolment.program.time_zone):
        checks.refuse("ordered_on", _("This day is still to come."), "out_of_range")
    who = named_customer(
        checks, customer_email=customer_email, customer_external_id=customer_external_id, company_domain=company_domain
    )
    Program.objects.select_for_update().get(pk=enrolment.program_id)
    known = ResaleOrder.objects.filter(
        program_id=enrolment.program_id, external_id=external_id, status__in=(Status.REPORTED, Status.CONFIRMED)
    ).first()
    if known is not None and not checks.problems and _is_same(known, enrolment, ordered_on, who, lines):
        return confirm_resale(known, now=now, by=by) if is_confirmed and known.status == Status.REPORTED else known
    version = prices_for(enrolment, ordered_on)
    priced = _priced(checks, version, lines)
    checks.done()
    row = _row(enrolment, external_id, ordered_on, who, priced, note, now, by)
    if known is not None:
        message = _("Order %(number)s is recorded with other content.") % {"number": external_id}
        raise Conflict(message, first_hash=known.content_hash, second_hash=row.content_hash)
    _refuse_too_many(enrolment, is_confirmed)
    row.deal = _deal_of(row, day_starts_at(ordered_on, enrolment.program.time_zone))
    row.save(force_insert=True)
    _keep_lines(row, priced)
    record_creation(row, actor=by, verb="record_resale", fields=_AUDITED, now=now)
    return confirm_resale(row, now=now, by=by) if is_confirmed else row


def confirm_resale(order: ResaleOrder, *, now: datetime, by: str) -> ResaleOrder:
    """Let a reported order stand: from now on its number earns no commission, its margin stays with the partner.

    Refuses where a commission on that number is approved already, and what is decided.
    """
    row = _locked(order)
    if row.status != Status.REPORTED:
        raise Refused("decided", _("This order is decided already."))
    frozen = Attribution.objects.exclude(frozen_at=None).filter(
        conversion__program_id=row.program_id, conversion__external_id=row.external_id
    )
    paying = Credit.objects.filter(conversion_id__in=frozen.values("conversion_id"), unpaid_reason="")
    if paying.exists():
        message = _("Order %(number)s has an approved commission. Void that or write an adjustment first.")
        raise Refused("commission_approved", message % {"number": row.external_id})
    _decide(order, row, Status.CONFIRMED, "", "confirm_resale", now, by)
    return order


def decline_resale(order: ResaleOrder, *, reason: str, now: datetime, by: str) -> ResaleOrder:
    """Say no to a reported order; the partner reads the reason. Raises Invalid without one."""
    return _say_no(order, Status.REPORTED, Status.DECLINED, reason, "decline_resale", now, by)


def cancel_resale(order: ResaleOrder, *, reason: str, now: datetime, by: str) -> ResaleOrder:
    """Take a confirmed order back: it was cancelled, or was none. Its number may earn commission again. Raises Invalid
    without a reason."""
    return _say_no(order, Status.CONFIRMED, Status.CANCELLED, reason, "cancel_resale", now, by)


def _say_no(
    order: ResaleOrder, expected: str, status: str, reason: str, verb: str, now: datetime, by: str
) -> ResaleOrder:
    row = _locked(order)
    if row.status != expected:
        raise Refused("decided", _("This order is decided already."))
    checks = Checks()
    reason = checks.text("reason", reason, 2000, required=True, lines=True)
    checks.done()
    _decide(order, row, status, reason, verb, now, by)
    return order


def _priced(
    checks: Checks, version: PriceVersion | None, lines: Sequence[tuple[str, int]]
) -> list[tuple[PriceLine, int]]:  # fmt: skip
    if version is None:
        checks.refuse("ordered_on", _("No price list was in force for this partner on that day."), "no_prices")
        return []
    if not 1 <= len(lines) <= MOST_LINES:
        checks.refuse("lines", _("Between 1 and 200 lines, please."), "out_of_range")
        return []
    known = {line.sku: line for line in PriceLine.objects.filter(version=version, sku__in=[sku for sku, _n in lines])}
    priced = []
    for place, (sku, quantity) in enumerate(lines):
        line = known.get(sku.strip())
        if line is None:
            message = _("“%(sku)s” is not on the price list.") % {"sku": sku[:80]}
            checks.refuse_at(f"/lines/{place}/sku", message, "not_found")
        elif isinstance(quantity, bool) or not 1 <= quantity <= MOST_UNITS:
            checks.refuse_at(f"/lines/{place}/quantity", _("At least one, please."), "out_of_range")
        else:
            priced.append((line, quantity))
    if sum(line.list_minor * quantity for line, quantity in priced) > MAX_AMOUNT_MINOR:
        checks.refuse("lines", _("This is more than an order can be worth here."), "out_of_range")
    return priced


def _row(
    enrolment: Enrolment, external_id: str, ordered_on: date, who: NamedCustomer,
    priced: Sequence[tuple[PriceLine, int]], note: str, now: datetime, by: str,
) -> ResaleOrder:  # fmt: skip
    content = [
        str(enrolment.pk), external_id, ordered_on.isoformat(), who.external_id, who.email_hash, who.company_domain,
        [[line.sku, quantity, line.list_minor, line.partner_minor] for line, quantity in priced],
    ]  # fmt: skip
    return ResaleOrder(
        id=new_id(now), program_id=enrolment.program_id, enrolment=enrolment, external_id=external_id,
        status=Status.REPORTED, ordered_on=ordered_on, customer_label=who.label, customer_external_id=who.external_id,
        email_hash=who.email_hash, company_domain=who.company_domain, currency=enrolment.program.currency, note=note,
        list_minor=sum(line.list_minor * quantity for line, quantity in priced),
        partner_minor=sum(line.partner_minor * quantity for line, quantity in priced),
        content_hash=hashlib.sha256(json.dumps(content).encode()).hexdigest(), recorded_at=now, recorded_by=by[:200],
        changed_at=now,
    )  # fmt: skip


def _is_same(
    known: ResaleOrder, enrolment: Enrolment, ordered_on: date, who: NamedCustomer, lines: Sequence[tuple[str, int]]
) -> bool:
    """Say whether an order is told again as it is recorded. Prices are not told: they may have changed since."""
    said = (enrolment.pk, ordered_on, who.external_id, who.email_hash, who.company_domain)
    stored = (
        known.enrolment_id, known.ordered_on, known.customer_external_id, known.email_hash, known.company_domain
    )  # fmt: skip
    recorded = ResaleLine.objects.filter(order=known).order_by("position").values_list("sku", "quantity")
    return said == stored and [(sku.strip(), quantity) for sku, quantity in lines] == list(recorded)


def _refuse_too_many(enrolment: Enrolment, is_confirmed: bool) -> None:
    waiting = ResaleOrder.objects.filter(enrolment=enrolment, status=Status.REPORTED)
    if not is_confirmed and waiting.count() >= OPEN_AT_ONCE:
        raise Refused("too_many_orders", _("Many of your orders wait for us already; please wait for those first."))


def _deal_of(row: ResaleOrder, at: datetime) -> Deal | None:
    """Return the partner's own deal with this customer that stood when the order's day began, the earliest."""
    named = naming([(row.program_id, row.customer_external_id, row.email_hash, row.company_domain)])
    if named is None:
        return None
    stands = Q(status=Deal.Status.OPEN) | Q(status=Deal.Status.APPROVED, protected_until__gt=at)
    return Deal.objects.filter(named, stands, enrolment_id=row.enrolment_id).order_by("registered_at", "id").first()


def _keep_lines(row: ResaleOrder, priced: Sequence[tuple[PriceLine, int]]) -> None:
    ResaleLine.objects.bulk_create(
        ResaleLine(
            id=new_id(), order=row, position=place, sku=line.sku, name=line.name, quantity=quantity,
            list_minor=line.list_minor, partner_minor=line.partner_minor, version_id=line.version_id,
        )
        for place, (line, quantity) in enumerate(priced)
    )  # fmt: skip


def _decide(
    order: ResaleOrder, row: ResaleOrder, status: str, reason: str, verb: str, now: datetime, by: str
) -> None:  # fmt: skip
    values = {
        "status": status, "decided_at": now, "decided_by": by[:200], "decision_reason": reason, "changed_at": now
    }  # fmt: skip
    audited_save(row, values, actor=by, verb=verb, reason=reason, now=now)
    order.refresh_from_db()


def _locked(order: ResaleOrder) -> ResaleOrder:
    return ResaleOrder.objects.select_for_update().get(pk=order.pk)
