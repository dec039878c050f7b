"""Reads of commissions: the receipt behind every amount."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from hanse.kernel.errors import NotFound
from hanse.money.commissions.models import Commission
from hanse.money.commissions.movements import movements_of
from hanse.money.commissions.receipts import (
    CommissionState,
    Movement,
    Receipt,
    ReceiptLine,
    ReceiptOrder,
    ReceiptOriginal,
    ReceiptTerms,
    ReferralPaid,
)
from hanse.money.holds.models import Case
from hanse.money.pricing.words import Arithmetic
from hanse.money.referrals.reading import shares_of
from hanse.programs.enrolments.models import Agreement
from hanse.programs.programs.goal_words import goal_name
from hanse.programs.programs.queries import goals_of
from hanse.programs.terms.models import Terms
from hanse.programs.terms.queries import body_of
from hanse.programs.terms.sentences import sentences
from hanse.traffic.attribution.models import Attribution, Evidence
from hanse.traffic.attribution.queries import attribution_of, evidence_of
from hanse.traffic.conversions.models import Conversion
from hanse.traffic.products.queries import product_names


def explanation_of(commission_id: UUID, *, for_partner: bool = False) -> Receipt:
    """Return everything that explains a commission. With `for_partner` no other partner is named. Raises NotFound.

    A fixed number of queries.
    """
    row = (
        Commission.objects.filter(pk=commission_id)
        .select_related(
            "program", "enrolment__partner", "conversion__goal", "terms__tier", "terms__program", "terms__enrolment"
        )
        .first()
    )
    if row is None:
        raise NotFound("commission")
    evidence = evidence_of(row.conversion_id)
    own = [one for one in evidence if one.enrolment_id == row.enrolment_id] if for_partner else evidence
    cases = list(Case.objects.filter(commission=row, decided_at=None).values_list("reason", flat=True))
    found = _receipt(row, own, _others(evidence, row.enrolment_id), attribution_of(row.conversion_id), cases)
    return found if for_partner else replace(found, referrals=_referrals(row.id))


def _receipt(
    row: Commission, evidence: Sequence[Evidence], others: dict[str, int], decided: Attribution | None, cases: list[str]
) -> Receipt:
    order, moves = _order(row.conversion), movements_of(row.id)
    names = [line.label for line in order.lines]
    arithmetic = Arithmetic(body_of(row.terms) if row.terms else None, names, row.currency)
    held, payable, in_transit, paid = _balances(moves)
    partner = row.enrolment.partner
    return Receipt(
        id=row.id, program_id=row.program_id, enrolment_id=row.enrolment_id, partner_id=partner.id,
        partner_name=partner.name, currency=row.currency, time_zone=row.program.time_zone,
        state=state_of(row, has_case=bool(cases), in_transit_minor=in_transit, paid_minor=paid),
        earned_minor=row.earned_minor, owed_minor=row.owed_minor, share_ppm=row.share_ppm, accrued_at=row.accrued_at,
        held_until=row.held_until, usual_until=row.usual_until, approved_at=row.approved_at,
        approved_by=row.approved_by, paid_at=row.paid_at, voided_at=row.voided_at,
        void_reason=row.void_reason, cases=tuple(cases), order=order, evidence=tuple(evidence), others=others,
        decided_window_days=decided.policy.window_days if decided else None,
        decided_model=decided.model if decided else "", decided_level=decided.level if decided else "",
        terms=_terms(row, _paid_by(row)) if row.terms else None,
        earned=tuple(arithmetic.lines(row.explanation["steps"])),
        changes=tuple(arithmetic.lines(row.explanation["changes"])), movements=moves, held_minor=held,
        payable_minor=payable, in_transit_minor=in_transit, paid_minor=paid,
        recouped_minor=sum(move.recouped_minor for move in moves),
    )  # fmt: skip


def state_of(row: Commission, *, has_case: bool, in_transit_minor: int = 0, paid_minor: int = 0) -> CommissionState:
    """Say in one word where a commission is: `kept` by a case, `taken_back` when nothing is left of what was earned."""
    if row.voided_at is not None:
        return "voided"
    if row.earned_minor and not row.owed_minor:
        return "taken_back"
    if in_transit_minor:
        return "in_transit"
    if row.paid_at is not None or paid_minor:
        return "paid"
    if row.approved_at is not None:
        return "payable"
    return "kept" if has_case else "held"


def _balances(moves: Sequence[Movement]) -> tuple[int, int, int, int]:
    return (
        sum(move.held_minor for move in moves),
        sum(move.payable_minor for move in moves),
        sum(move.in_transit_minor for move in moves),
        sum(move.paid_minor for move in moves),
    )


def _others(evidence: Sequence[Evidence], enrolment_id: UUID) -> dict[str, int]:
    return dict(Counter(one.verdict for one in evidence if one.enrolment_id not in (None, enrolment_id)))


def _order(sold: Conversion) -> ReceiptOrder:
    taken = sold.refunded_lines or [0] * len(sold.lines)
    names = product_names(sold.program_id, [str(line[0]) for line in sold.lines])
    return ReceiptOrder(
        conversion_id=sold.id, external_id=sold.external_id, goal=sold.goal.key,
        goal_name=goal_name(sold.goal.key, sold.goal.name),
        occurred_at=sold.occurred_at, received_at=sold.received_at, source=sold.source,
        lines=tuple(
            ReceiptLine(
                str(sku), str(category), int(quantity), int(amount), int(amount) - int(back), names.get(str(sku), "")
            )
            for (sku, category, quantity, amount), back in zip(sold.lines, taken, strict=True)
        ),
        value_minor=sold.amount_minor, refunded_minor=sold.refunded_minor, coupon_code=sold.coupon_code,
        is_new=sold.is_new, country=sold.country, is_test=sold.is_test,
        original=_original(sold),
    )  # fmt: skip


def _referrals(commission_id: UUID) -> tuple[ReferralPaid, ...]:
    return tuple(
        ReferralPaid(
            share.enrolment.partner.name, share.base_minor, tuple(part[1] for part in share.parts), share.owed_minor
        )
        for share in shares_of(commission_id)
    )


def _original(sold: Conversion) -> ReceiptOriginal | None:
    if sold.original_minor is None or sold.rate_on is None:
        return None
    rate = Fraction(sold.rate)
    shown = (Decimal(rate.numerator) / Decimal(rate.denominator)).quantize(Decimal("0.000001"))
    return ReceiptOriginal(sold.original_minor, sold.original_currency, f"{shown.normalize():f}", sold.rate_on)


def _paid_by(row: Commission) -> Terms:
    """Return the version that the order's lines were paid by: a ladder that was promised for a period goes on to its
    end, also under later terms."""
    assert row.terms is not None
    other = next((step["terms"] for step in row.explanation["steps"] if "terms" in step), None)
    found = Terms.objects.filter(pk=other).select_related("tier", "program", "enrolment").first() if other else None
    return found or row.terms


def _terms(row: Commission, terms: Terms) -> ReceiptTerms:
    accepted = Agreement.objects.filter(enrolment_id=row.enrolment_id, terms=terms).order_by("accepted_at").first()
    names = {goal.key: goal_name(goal.key, goal.name) for goal in goals_of(row.program_id)}
    scope = "negotiated" if terms.enrolment_id else "tier" if terms.tier_id else "program"
    return ReceiptTerms(
        id=terms.id, number=terms.number, name=terms.name, scope=scope,  # type: ignore[arg-type]  # one of three words
        tier_name=terms.tier.name if terms.tier else "", starts_at=terms.starts_at, until=_until(terms),
        accepted_at=accepted.accepted_at if accepted else None, accepted_by=accepted.accepted_by if accepted else "",
        sentences=tuple(sentences(body_of(terms), row.currency, names)),
    )  # fmt: skip


def _until(terms: Terms) -> datetime | None:
    """Return when a version ceased to be in force: its own end, or the start of the next of its scope."""
    scope = Terms.objects.filter(program=terms.program, tier=terms.tier, enrolment=terms.enrolment)
    later = scope.filter(starts_at__gt=terms.starts_at).order_by("starts_at")
    next_start = later.values_list("starts_at", flat=True).first()
    ends = [at for at in (next_start, terms.ends_at) if at is not None]
    return min(ends) if ends else None
