"""The checks of who is credited, read from the recorded evidence."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from hanse.insight.why.near import coupons_like
from hanse.insight.why.types import Check
from hanse.traffic.attribution.exclusions import window_of
from hanse.traffic.attribution.models import Evidence
from hanse.traffic.attribution.subjects import policy_value
from hanse.traffic.clicks.models import Click

if TYPE_CHECKING:
    from hanse.insight.why.order import OrderRows

_CLICK_FIXES = {
    "outside_window": "longer_window", "after_conversion": "check_clock", "bad_signature": "pass_token_unchanged",
    "unknown_link": "check_link", "link_disabled": "enable_link", "link_expired": "extend_link",
    "partner_not_active": "activate_partner", "self_referral": "self_referral_policy", "duplicate": "nothing_to_do",
}  # fmt: skip
_OF_PARTNER = ("partner_not_active", "self_referral", "other_program")
_PASSING = ("won", "agrees", "lost")


def crediting_checks(rows: OrderRows, for_enrolment: UUID | None = None) -> list[Check]:
    """Return the checks from "something came with it" to "somebody is credited"."""
    if rows.conversion is None:
        return []
    seen = [one for one in rows.evidence if for_enrolment in (None, one.enrolment_id)]
    return [
        _evidence(rows, seen),
        _deal([one for one in seen if one.kind in ("deal", "open_deal")]),
        _clicks(rows, [one for one in seen if one.kind == "click"]),
        _coupon(rows, [one for one in seen if one.kind == "coupon"]),
        _of_reason(seen, "partner_active", "partner_not_active", "activate_partner", for_enrolment),
        _of_reason(seen, "self_referral", "self_referral", "self_referral_policy", for_enrolment),
        *_found(_of_reason(seen, "new_customer", "existing_customer", "new_customers_policy", for_enrolment)),
        *_found(_of_reason(seen, "stand_down", "stand_down", "stand_down_policy", for_enrolment)),
        _credited(rows, seen, for_enrolment),
    ]


def _evidence(rows: OrderRows, seen: list[Evidence]) -> Check:
    numbers: dict[str, object] = {"pieces": len(seen), "kinds": sorted({one.kind for one in seen})}
    if seen:
        return Check("evidence", "passed", numbers=numbers)
    sold = rows.conversion
    if sold is not None and sold.visitor:
        clicks = Click.objects.filter(visitor=sold.visitor).order_by("-occurred_at")
        invalid = clicks.exclude(reason="").values_list("reason", flat=True).first()
        numbers |= {"visitor_clicks": clicks.count(), "click_reason": invalid or ""}
        return Check("evidence", "failed", "visitor_without_click", "check_link", numbers)
    return Check("evidence", "failed", "came_without_evidence", "pass_token", numbers)


def _clicks(rows: OrderRows, clicks: list[Evidence]) -> Check:
    if not clicks:
        return Check(
            "click",
            "not_needed" if _has_other(rows, "click") else "failed",
            "" if _has_other(rows, "click") else "no_click",
        )
    good = [one for one in clicks if one.verdict in _PASSING or one.reason in _OF_PARTNER]
    numbers: dict[str, object] = {"clicks": len(clicks), "valid": len(good)}
    latest = (good or clicks)[-1]
    numbers |= _age(rows, latest)
    if rows.attribution is not None:
        numbers["window_days"] = window_of(policy_value(rows.attribution.policy), "click") or 0
    if good:
        return Check("click", "passed", numbers=numbers)
    return Check("click", "failed", latest.reason, _CLICK_FIXES.get(latest.reason, "nothing_to_do"), numbers)


def _deal(deals: list[Evidence]) -> Check:
    if not deals:
        return Check("deal", "not_needed")
    good = [one for one in deals if one.verdict in _PASSING or one.reason not in ("deal_declined", "deal_expired")]
    return Check("deal", "passed") if good else Check("deal", "failed", deals[-1].reason, "approve_deal")


def _age(rows: OrderRows, one: Evidence) -> dict[str, object]:
    sold = rows.conversion
    if sold is None or one.touched_at is None:
        return {}
    age = sold.occurred_at - one.touched_at
    return {"touched_at": one.touched_at, "age_days": age // timedelta(days=1), "age_seconds": int(age.total_seconds())}


def _coupon(rows: OrderRows, coupons: list[Evidence]) -> Check:
    sold = rows.conversion
    if sold is None or not coupons:
        return Check("coupon", "not_needed")
    one = coupons[0]
    numbers: dict[str, object] = {"code": sold.coupon_code}
    if one.reason == "unknown_coupon":
        numbers["alike"] = [pointer.text for pointer in coupons_like(sold.coupon_code, sold.program_id)]
        return Check("coupon", "failed", "unknown_coupon", "add_coupon", numbers)
    if one.coupon is not None:
        numbers |= {"starts_at": one.coupon.starts_at, "ends_at": one.coupon.ends_at}
    if one.reason in ("coupon_not_valid", "coupon_archived"):
        return Check("coupon", "failed", one.reason, "extend_coupon", numbers)
    return Check("coupon", "passed", numbers=numbers)


def _of_reason(seen: list[Evidence], code: str, reason: str, fix: str, for_enrolment: UUID | None) -> Check:
    excluded = [one for one in seen if one.reason == reason]
    if not excluded:
        return Check(code, "passed" if any(one.enrolment_id for one in seen) else "not_needed")
    numbers: dict[str, Any] = {"touches": len(excluded), **excluded[0].detail}
    if for_enrolment is None:
        numbers["partners"] = sorted({one.enrolment.partner.name for one in excluded if one.enrolment})
    return Check(code, "failed", reason, fix, numbers)


def _found(check: Check) -> list[Check]:
    return [check] if check.has_failed else []


def _credited(rows: OrderRows, seen: list[Evidence], for_enrolment: UUID | None) -> Check:
    level = rows.attribution.level if rows.attribution else ""
    winners = [one for one in seen if one.verdict == "won"]
    numbers: dict[str, object] = {"level": level, "model": rows.attribution.model if rows.attribution else ""}
    if winners:
        if for_enrolment is None:
            numbers["partners"] = sorted({one.enrolment.partner.name for one in winners if one.enrolment})
        return Check("credited", "passed", numbers=numbers)
    lost = [one for one in seen if one.verdict == "lost"]
    if lost:
        return Check("credited", "failed", lost[-1].reason, "policy_decides", numbers | {"kind": lost[-1].kind})
    return Check("credited", "failed", "nobody_credited", "see_above", numbers)


def _has_other(rows: OrderRows, kind: str) -> bool:
    return any(one.kind != kind and one.verdict == "won" for one in rows.evidence)
