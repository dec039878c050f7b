"""The description of the dry runs' requests: their own readers check them, so that every mistake is told at once."""

from __future__ import annotations

from typing import Any

from hanse.faces.api.fact_documents import object_of, text_of
from hanse.growth.tiers.preview import MAX_COUNT, MAX_FIELD
from hanse.growth.tiers.reading import MAX_MONTHS
from hanse.kernel.money import MAX_AMOUNT_MINOR
from hanse.money.pricing.preview_reading import MAX_CONVERSIONS, MAX_DELIVERABLES, MAX_LINES
from hanse.traffic.attribution.preview_reading import (
    INVALID_CLICKS,
    MAX_DAYS,
    MAX_TOUCHPOINTS,
    SELF_REFERRAL,
    STATUSES,
)
from hanse.traffic.attribution.rules import LEVELS
from hanse.traffic.attribution.sharing import MODELS

Document = dict[str, Any]
_AMOUNT: Document = {
    "type": "integer", "minimum": 0, "maximum": MAX_AMOUNT_MINOR,
    "description": "In the minor unit of the currency of the terms.",
}  # fmt: skip
_TIME: Document = {
    "type": "string", "maxLength": 40,
    "description": "A moment like 2026-10-02T20:14:00Z. A day alone, or a moment without offset, is the time zone's.",
}  # fmt: skip
_IS_NEW = (
    "Left out: not known, so that conditions on it are false. Nothing is looked up; an order that comes in for good is "
    "a new customer's if no purchase came before it."
)
_COUNTRY: Document = {"type": "string", "pattern": "^[A-Z]{2}$"}
_LINE = object_of(
    ["amount"], sku=text_of(), category=text_of(), quantity={"type": "integer", "minimum": 0}, amount=_AMOUNT
)  # fmt: skip
_LINES: Document = {"type": "array", "maxItems": MAX_LINES, "items": _LINE}
_ENROLMENT = object_of(
    [], tier=text_of(40), types={"type": "array", "maxItems": 50, "items": {"type": "string"}}, country=_COUNTRY,
    since=_TIME | {"description": "When it began: fees at signing, and floors by days from then on. Default: before."},
)  # fmt: skip
_CONVERSION = object_of(
    ["id", "occurred_at"],
    id=text_of(description="Names it in the answer and in refunds."),
    goal=text_of(40, default="sale"), occurred_at=_TIME,
    amount=_AMOUNT | {"description": "The sum of the lines. Needed where there are no lines."}, lines=_LINES,
    currency=text_of(3, description="What the buyer paid in, for conditions. Amounts are in the terms' currency."),
    customer=object_of(
        [], external_id=text_of(), is_new={"type": "boolean", "description": _IS_NEW}, country=_COUNTRY,
        email=text_of(254),
    ),
    coupon=text_of(100), metadata={"type": "object"},
    share=text_of(20, default="100%", description="The enrolment's credit, like 25%."),
)  # fmt: skip
_REFUND = object_of(
    ["conversion"],
    conversion=text_of(description="The id of one of the conversions."),
    kind={"enum": ["refund", "chargeback", "dispute_won"], "default": "refund"},
    id=text_of(), external_id=text_of(description="Another name for id."),
    reverses=text_of(description="For dispute_won: the chargeback. Left out: the only one, or of its amount."),
    occurred_at=_TIME, amount=_AMOUNT, currency=text_of(3), lines=_LINES,
)  # fmt: skip
_DELIVERABLE = object_of(["id", "accepted_at"], id=text_of(40, description="As a fee names it."), accepted_at=_TIME)
TERMS_PREVIEW = object_of(
    ["terms"],
    terms={"type": "object", "description": 'The clauses, as they are published: {"clauses": […]}.'},
    currency=text_of(3, default="USD", description="That of every amount. ISO 4217."),
    time_zone=text_of(60, default="UTC", description="Days, months, quarters and years are local there."),
    enrolment=_ENROLMENT,
    conversions={"type": "array", "maxItems": MAX_CONVERSIONS, "items": _CONVERSION},
    refunds={"type": "array", "maxItems": MAX_CONVERSIONS, "items": _REFUND},
    deliverables={
        "type": "array", "maxItems": MAX_DELIVERABLES, "items": _DELIVERABLE,
        "description": "What is taken as accepted: a fee for it is due then.",
    },
    **{
        "from": _TIME | {"description": "Default: the start of the period of the first conversion."},
        "until": _TIME | {
            "description": "The present: periods that end later are open. Default: the end of the last conversion's."
        },
    },
)  # fmt: skip

_MOMENT: Document = {"type": "string", "maxLength": 40, "description": "A moment like 2026-10-02T20:14:00Z."}
_LEVEL: Document = {"enum": list(LEVELS)}
_DAYS: Document = {"type": "integer", "minimum": 0, "maximum": MAX_DAYS}
_POLICY = object_of(
    [],
    model={"enum": list(MODELS), "default": "last"}, window_days=_DAYS | {"default": 30},
    half_life_days=_DAYS | {"minimum": 1, "default": 7, "description": "Of time_decay."},
    order={"type": "array", "items": _LEVEL, "uniqueItems": True, "maxItems": len(LEVELS)},
    windows={
        "type": "object", "additionalProperties": False, "properties": dict.fromkeys(LEVELS, _DAYS),
        "description": "Days for single kinds; coupons, deals and owners have no window unless one is set.",
    },
    self_referral={"enum": list(SELF_REFERRAL), "default": "block", "description": "What an own purchase does."},
    lifetime={"type": "boolean", "default": False, "description": "Owners earn from goals that do not recur, too."},
    new_customers_only={"type": "boolean", "default": False},
    stand_down_minutes={"type": "integer", "minimum": 0, "maximum": 1440, "default": 30},
    takeover_seconds={"type": "integer", "minimum": 0, "maximum": 3600, "default": 5},
    introducer=text_of(20, default="0%", description="The part of whoever touched first, where others win."),
)  # fmt: skip
_TOUCHPOINT = object_of(
    ["enrolment", "kind"],
    enrolment=text_of(description="Any name of yours."), kind=_LEVEL, id=text_of(),
    occurred_at=_MOMENT | {"description": "Needed for clicks; without one it stands on the order itself."},
    share=text_of(20, description="An owner's part of the customer's first conversion. None given: the model shares."),
    visitor=text_of(100), reason={"enum": list(INVALID_CLICKS), "description": "Why a click is not a valid one."},
    status={"enum": list(STATUSES), "default": "active", "description": "The enrolment's, at the touch."},
    own_purchase={"type": "boolean", "default": False}, extension={"type": "boolean", "default": False},
    protected={"type": "boolean", "default": True, "description": "Of a deal: false is an open one."},
)  # fmt: skip
ATTRIBUTION_PREVIEW = object_of(
    ["conversion"],
    policy=_POLICY, touchpoints={"type": "array", "maxItems": MAX_TOUCHPOINTS, "items": _TOUCHPOINT},
    conversion=object_of(
        ["occurred_at"],
        occurred_at=_MOMENT, is_new={"type": "boolean"},
        recurring={"type": "boolean", "default": True, "description": "False: an owner counts for lifetime only."},
    ),
)  # fmt: skip

_COUNT: Document = {"type": "integer", "minimum": 0, "maximum": MAX_COUNT}
_STANDING = object_of(
    ["id", "enrolled_at"],
    id=text_of(description="Names it in the answer; the last tie breaker of the rank."),
    enrolled_at=_MOMENT, value=_AMOUNT | {"description": "Credited value left in the window, in minor units."},
    conversions=_COUNT,
    tier=text_of(40, description="Where it is now; null or left out: a first placing.") | {"type": ["string", "null"]},
    tier_since=_MOMENT | {"type": ["string", "null"]},
    below_exit=_COUNT | {"description": "Evaluations on earlier days, one after the other, below the exit."},
    locked={"type": "boolean", "description": "Ranked, but not moved."},
    metrics={"type": "object", "description": "Further whole numbers for rules: metrics.<name>."},
    months={"type": "array", "maxItems": MAX_MONTHS, "items": _COUNT,
            "description": "Conversions of each of the last months, the latest first: for steadiness."},
)  # fmt: skip
TIERS_PREVIEW = object_of(
    ["as_of", "field"],
    rules={
        "type": ["object", "null"],
        "description": (
            'Null: the default tiers. Own ones: {"metric": "value" or "count", "stay_days": 90, "tiers": [{"tier": …, '
            '"when": …, "exit": …}, …]}, the highest first, the last without "when". A condition is {"share": "10%"}, '
            '{"field": "conversions", "op": "gte", "value": 3}, {"steady": {"at_least": 4, "months": 6}}, or several '
            'joined by "all" or "any".'
        ),
    },
    as_of=_MOMENT, field={"type": "array", "maxItems": MAX_FIELD, "items": _STANDING},
)  # fmt: skip


def request_of(schema: Document) -> Document:
    """Describe the body of an operation that reads its JSON itself."""
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}
