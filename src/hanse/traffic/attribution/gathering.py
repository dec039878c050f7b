"""Gathering evidence for a batch of conversions in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from hanse.kernel.errors import Invalid
from hanse.kernel.ids import parse_id
from hanse.programs.enrolments.models import Enrolment
from hanse.traffic.attribution.standing import Standing
from hanse.traffic.attribution.types import Policy, Subject, Touch
from hanse.traffic.clicks.queries import clicks_by_id, valid_clicks_of
from hanse.traffic.clicks.types import NOBODY, RecordedClick
from hanse.traffic.coupons.models import Coupon
from hanse.traffic.links.owners import LinkOwner, owners_of_links

NEAR_MISS_DAYS = 30  # clicks this long before the window are shown as excluded, so that a near miss can be seen


def gather_touches(
    subjects: Sequence[Subject], policies: dict[UUID, Policy], standing: Standing
) -> dict[UUID, list[Touch]]:
    """Return what could earn credit for each conversion: clicks, coupon, a named partner; each with its exclusion."""
    clicks = clicks_by_id({one.click_id for one in subjects if one.click_id})
    rowless = {one.click_link_number for one in subjects if one.click_id and one.click_id not in clicks}
    owners = owners_of_links({number for number in rowless if number is not None})
    by_visitor = _clicks_of_visitors(subjects, clicks, policies)
    coupons = _coupons(subjects)
    hints = _hinted_enrolments(subjects)
    touches: dict[UUID, list[Touch]] = {}
    for one in subjects:
        since = _since(one.occurred_at, policies[one.id])
        of_clicks = _click_touches(one, since, clicks, by_visitor, owners)
        touches[one.id] = [*of_clicks, *_coupon_touch(one, coupons), *_hint_touch(one, hints)]
    standing.load({touch.enrolment_id for found in touches.values() for touch in found if touch.enrolment_id})
    return {
        one.id: [judge_partner(touch, one, policies[one.id], standing) for touch in touches[one.id]] for one in subjects
    }


def judge_partner(touch: Touch, subject: Subject, policy: Policy, standing: Standing) -> Touch:
    """Exclude a touchpoint whose partner was not active (at the touch; for coupon, owner and hint at the conversion),
    belongs to another program, or bought for themselves."""
    enrolment_id = touch.enrolment_id
    if touch.excluded or enrolment_id is None:
        return touch
    if not standing.is_of(enrolment_id, subject.program_id):
        return replace(touch, excluded="other_program")
    moment = touch.touched_at if touch.kind == "click" and touch.touched_at else subject.occurred_at
    status = standing.status_at(enrolment_id, moment)
    if status == "ended" and touch.kind == "owner":
        touch = replace(touch, unpaid="partner_ended")
    elif status != "active":
        return replace(touch, excluded="partner_not_active", detail={**touch.detail, "status": status})
    if policy.self_referral != "allow" and standing.is_own_address(enrolment_id, subject.email_hash):
        if policy.self_referral == "block":
            return replace(touch, excluded="self_referral")
        return replace(touch, unpaid="self_referral")
    return touch


def _clicks_of_visitors(
    subjects: Sequence[Subject], clicks: dict[str, RecordedClick], policies: dict[UUID, Policy]
) -> dict[str, list[RecordedClick]]:
    visitors = {one.visitor for one in subjects if one.visitor}
    visitors |= {click.visitor for click in clicks.values() if click.visitor}
    if not visitors:
        return {}
    since = min(_since(one.occurred_at, policies[one.id]) for one in subjects)
    return valid_clicks_of(visitors, since, max(one.occurred_at for one in subjects))


def _since(occurred_at: datetime, policy: Policy) -> datetime:
    return occurred_at - timedelta(days=policy.window_days + NEAR_MISS_DAYS)


def _click_touches(
    one: Subject,
    since: datetime,
    clicks: dict[str, RecordedClick],
    by_visitor: dict[str, list[RecordedClick]],
    owners: dict[int, LinkOwner],
) -> list[Touch]:
    """The token's click and all valid clicks of that buyer's visitors; what the token says stands in for a lost row."""
    touches: dict[str, Touch] = {}
    row = clicks.get(one.click_id)
    if one.bad_click:
        touches[""] = Touch("click", excluded="bad_signature", detail={"token": one.bad_click})
    if row is not None:
        touches[row.id] = _touch(row, "token")
    elif one.click_id:
        owner = owners.get(one.click_link_number or 0)
        touches[one.click_id] = Touch(
            "click", owner.enrolment_id if owner else None, one.click_touched_at, one.click_id, one.click_link_number,
            excluded="" if owner else "unknown_link", detail={"by": "token", "row": "missing"},
        )  # fmt: skip
    for visitor in {one.visitor, row.visitor if row else ""} - {""}:
        for click in by_visitor.get(visitor, []):
            if since <= click.occurred_at <= one.occurred_at and click.id not in touches:
                touches[click.id] = _touch(click, "visitor")
    return sorted(touches.values(), key=lambda touch: (touch.touched_at or one.occurred_at, touch.click_id))


def _touch(click: RecordedClick, by: str) -> Touch:
    enrolment_id = None if click.enrolment_id == NOBODY else click.enrolment_id
    return Touch(
        "click", enrolment_id, click.occurred_at, click.id, click.link_number, excluded=click.reason, detail={"by": by}
    )


def _coupons(subjects: Sequence[Subject]) -> dict[tuple[UUID, str], Coupon]:
    codes = {one.coupon_code for one in subjects if one.coupon_code}
    if not codes:
        return {}
    rows = Coupon.objects.filter(program_id__in={one.program_id for one in subjects}, code__in=codes)
    return {(row.program_id, row.code): row for row in rows}


def _coupon_touch(one: Subject, coupons: dict[tuple[UUID, str], Coupon]) -> list[Touch]:
    if not one.coupon_code:
        return []
    detail = {"code": one.coupon_code}
    coupon = coupons.get((one.program_id, one.coupon_code))
    if coupon is None:
        return [Touch("coupon", excluded="unknown_coupon", detail=detail)]
    starts_late = coupon.starts_at is not None and one.occurred_at < coupon.starts_at
    is_over = coupon.ends_at is not None and one.occurred_at >= coupon.ends_at
    is_gone = coupon.archived_at is not None and one.occurred_at >= coupon.archived_at
    excluded = "coupon_not_valid" if starts_late or is_over else "coupon_archived" if is_gone else ""
    return [Touch("coupon", coupon.enrolment_id, coupon_id=coupon.id, excluded=excluded, detail=detail)]


def _hinted_enrolments(subjects: Sequence[Subject]) -> dict[tuple[UUID, str], UUID]:
    """Find enrolments by what senders name a partner with: an enrolment's or a partner's id."""
    hints = {(one.program_id, one.partner_hint) for one in subjects if one.partner_hint}
    if not hints:
        return {}
    ids = {hint: _hinted_id(hint) for _, hint in hints}
    named = [found for found in ids.values() if found is not None]
    rows = Enrolment.objects.filter(program_id__in={program_id for program_id, _ in hints})
    known: dict[tuple[UUID, UUID], UUID] = {}
    for field in ("id", "partner_id"):
        for id_, program_id, value in rows.filter(**{f"{field}__in": named}).values_list("id", "program_id", field):
            known[(program_id, value)] = id_
    found: dict[tuple[UUID, str], UUID] = {}
    for program_id, hint in hints:
        hinted = ids[hint]
        if hinted is not None and (program_id, hinted) in known:
            found[(program_id, hint)] = known[(program_id, hinted)]
    return found


def _hinted_id(hint: str) -> UUID | None:
    for prefix in ("prt", "enr"):
        try:
            return parse_id(prefix, hint)
        except Invalid:
            continue
    return None


def _hint_touch(one: Subject, hints: dict[tuple[UUID, str], UUID]) -> list[Touch]:
    if not one.partner_hint:
        return []
    enrolment_id = hints.get((one.program_id, one.partner_hint))
    detail = {"named": one.partner_hint}
    return [Touch("survey", enrolment_id, excluded="" if enrolment_id else "unknown_partner", detail=detail)]
