"""Dry runs: the functions that the pipeline calls, over facts that are sent. Nothing is stored or looked up."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Body, Router
from pydantic import ConfigDict, Field

from hanse.faces.api.access import READ
from hanse.faces.api.preview_documents import ATTRIBUTION_PREVIEW, TERMS_PREVIEW, TIERS_PREVIEW, request_of
from hanse.faces.api.values import Output, SignedMinor
from hanse.growth.tiers import preview as tiers
from hanse.money.pricing import preview
from hanse.traffic.attribution import preview as attribution

router = Router(tags=["Dry runs"])


class TriedStepOut(Output):
    """One step of the arithmetic. `clause` counts from 1; null where no clause pays."""

    clause: int | None
    text: str
    amount: SignedMinor


class PricedOut(Output):
    """What one conversion earns: `amount` had nothing been refunded, `owed` after all refunds. Steps add up to it."""

    conversion: str
    amount: SignedMinor
    owed: SignedMinor
    steps: list[TriedStepOut]


class PeriodLineOut(Output):
    """What is owed for a period, or (a fee) at a moment. `recouped` is taken off, `forgiven` was paid already."""

    model_config = ConfigDict(populate_by_name=True)

    kind: Literal["floor", "top_up", "advance", "recouped", "forgiven", "fee"]
    clause: int
    starts_at: datetime = Field(alias="from")
    ends_at: datetime = Field(alias="to")
    amount: SignedMinor


class TermsPreviewOut(Output):
    """Every conversion in the order in which it was sent, the lines of periods, and what is owed in all."""

    commissions: list[PricedOut]
    periods: list[PeriodLineOut]
    total: SignedMinor


@router.post(
    "/terms/preview", auth=READ, response=TermsPreviewOut, by_alias=True, openapi_extra=request_of(TERMS_PREVIEW)
)
def preview_terms(request: HttpRequest, body: Body[dict[str, Any]]) -> dict[str, Any]:
    """Price conversions under terms, to the cent as they would be. Nothing is stored.

    Floors appear for periods closed by `until`, fees when due by then. A benefit is no money and has no line; what a
    referral clause pays comes from orders of recruits, so it adds nothing here.
    """
    return preview.preview(body)


class TriedCreditOut(Output):
    """One enrolment's part in parts per million; all parts add up to 1,000,000, or there are none."""

    enrolment: str
    ppm: int


class HeldOut(Output):
    """A credit that stands, but whose commission would wait for a person."""

    enrolment: str
    reason: str


class AttributionPreviewOut(Output):
    """Who is credited, and every touchpoint as it was sent, in its order, with `verdict` and `reason`.

    `held` is there only where a person would have to look: a click in the last seconds after another partner's touch.
    """

    credits: list[TriedCreditOut]
    evidence: list[dict[str, Any]]
    held: list[HeldOut] = []


@router.post(
    "/attribution/preview",
    auth=READ,
    response=AttributionPreviewOut,
    exclude_unset=True,
    openapi_extra=request_of(ATTRIBUTION_PREVIEW),
)
def preview_attribution(request: HttpRequest, body: Body[dict[str, Any]]) -> dict[str, Any]:
    """Decide who is credited with a conversion, as it would be decided live. Nothing is stored."""
    return attribution.preview(body)


class PlacedOut(Output):
    """Where one enrolment belongs. `moved` is null where it stays, at a first placing, and when it leaves *new*."""

    id: str
    tier: str
    rank: int
    moved: Literal["up", "down"] | None
    below_exit: int
    reason: str


class TiersPreviewOut(Output):
    """Everybody in the field, in the order in which they were sent."""

    tiers: list[PlacedOut]


@router.post("/tiers/preview", auth=READ, response=TiersPreviewOut, openapi_extra=request_of(TIERS_PREVIEW))
def preview_tiers(request: HttpRequest, body: Body[dict[str, Any]]) -> dict[str, Any]:
    """Decide who belongs to which tier, as the daily evaluation would. Nothing is stored."""
    return tiers.preview(body)
