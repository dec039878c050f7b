"""The checks of the money: terms that match, caps, cases, and when it may be paid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from hanse.insight.why.types import Check, Earned
from hanse.money.commissions.models import Commission
from hanse.money.holds.models import Case
from hanse.traffic.conversions.models import Conversion

if TYPE_CHECKING:
    from hanse.insight.why.order import OrderRows


def earned_of(conversion: Conversion | None, for_enrolment: UUID | None = None) -> tuple[Earned, ...]:
    """Return the commissions of a conversion; for a partner only their own."""
    return tuple(
        Earned(
            commission_id=row.id, enrolment_id=row.enrolment_id, partner=row.enrolment.partner.name,
            owed_minor=row.owed_minor, currency=row.currency, held_until=row.held_until,
            approved_at=row.approved_at, paid_at=row.paid_at, voided_at=row.voided_at,
        )
        for row in _commissions(conversion, for_enrolment)
    )  # fmt: skip


def paying_checks(rows: OrderRows, for_enrolment: UUID | None = None) -> list[Check]:
    """Return the checks from terms to payment; none before somebody is credited."""
    commissions = _commissions(rows.conversion, for_enrolment)
    if not commissions:
        return []
    return [_terms(commissions), _caps(commissions), _cases(commissions), _payable(commissions)]


def _commissions(conversion: Conversion | None, for_enrolment: UUID | None) -> list[Commission]:
    if conversion is None:
        return []
    rows = Commission.objects.filter(conversion=conversion).select_related("enrolment__partner", "terms")
    rows = rows.filter(enrolment_id=for_enrolment) if for_enrolment else rows
    return list(rows.order_by("-share_ppm", "id"))


def _steps(commissions: list[Commission], kind: str) -> list[dict[str, Any]]:
    return [
        step
        for one in commissions
        for step in (*one.explanation.get("steps", ()), *one.explanation.get("changes", ()))
        if step.get("step") == kind
    ]


def _terms(commissions: list[Commission]) -> Check:
    earned = sum(one.earned_minor for one in commissions)
    numbers: dict[str, object] = {"earned_minor": earned, "currency": commissions[0].currency}
    if earned:
        return Check("terms", "passed", numbers=numbers)
    unpaid = _steps(commissions, "none")
    reason = str(unpaid[0].get("reason", "no_clause")) if unpaid else "no_clause"
    fixes = {"no_terms": "publish_terms", "no_clause": "add_clause", "self_referral": "self_referral_policy"}
    return Check("terms", "failed", reason, fixes.get(reason, "see_terms"), numbers)


def _caps(commissions: list[Commission]) -> Check:
    cut = sum(int(step.get("amount", 0)) for step in _steps(commissions, "cap"))
    numbers = {"cut_minor": -cut, "currency": commissions[0].currency}
    return Check("caps", "failed", "cut_by_cap", "see_terms", numbers) if cut else Check("caps", "passed")


def _cases(commissions: list[Commission]) -> Check:
    ids = [one.id for one in commissions]
    case = Case.objects.filter(commission_id__in=ids, decided_at=None).order_by("opened_at").first()
    if case is not None:
        return Check("case", "failed", case.reason, "decide_case", {**case.detail, "opened_at": case.opened_at})
    voided = next((one for one in commissions if one.voided_at), None)
    if voided is not None:
        return Check("case", "failed", "voided", "nothing_to_do", {"reason": voided.void_reason})
    return Check("case", "passed")


def _payable(commissions: list[Commission]) -> Check:
    held = [one for one in commissions if one.approved_at is None and one.voided_at is None]
    numbers: dict[str, object] = {"owed_minor": sum(one.owed_minor for one in commissions)}
    numbers |= {
        "currency": commissions[0].currency,
        "paid_at": max((one.paid_at for one in commissions if one.paid_at), default=None),
    }
    if held:
        until = max(one.held_until for one in held)
        return Check("payable", "failed", "on_hold", "wait", {**numbers, "held_until": until})
    return Check("payable", "passed", numbers=numbers)
