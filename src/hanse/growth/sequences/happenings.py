"""Happenings: what happened to enrolments in a time, each with its moment. The past answers like the present.

So what a sequence would have sent can be told from history by the very functions that begin and stop it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, Max, Min, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDay

from hanse.growth.sends.models import Send
from hanse.growth.sequences.types import Happened
from hanse.insight.events.models import PartnerEvent
from hanse.insight.rollups.models import EnrolmentMark
from hanse.kernel.clock import day_starts_at, local_day
from hanse.money.payouts.models import Payout
from hanse.programs.enrolments.models import Agreement, Enrolment, TierChange
from hanse.programs.programs.models import Program
from hanse.traffic.attribution.models import Credit
from hanse.traffic.clicks.models import Click
from hanse.traffic.links.models import Link

_FEW = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """Of which program, of whom (None: everybody) and from when (inclusive) until when (exclusive)."""

    program_id: UUID
    since: datetime
    until: datetime
    ids: Collection[UUID] | None = None

    def of(self, rows: QuerySet[Any], column: str, moment: str) -> QuerySet[Any]:
        """Narrow rows by time, and by enrolment where few are asked for."""
        rows = rows.filter(**{f"{moment}__gte": self.since, f"{moment}__lt": self.until})
        if self.ids is not None and len(self.ids) <= _FEW:
            rows = rows.filter(**{f"{column}__in": list(self.ids)})
        return rows


def happened(kind: str, asked: Asked) -> list[Happened]:
    """Return what of a kind happened, in order of time. One query, two for first clicks and first sales."""
    found = list(_READS[kind](asked))
    if asked.ids is not None:
        wanted = set(asked.ids)
        found = [one for one in found if one.enrolment_id in wanted]
    return sorted(found)


def _enrolled(asked: Asked) -> Iterator[Happened]:
    rows = asked.of(Enrolment.objects.filter(program_id=asked.program_id), "id", "enrolled_at")
    for who, at in rows.values_list("id", "enrolled_at"):
        yield Happened(at, who, "enrolled")


def _accepted(asked: Asked) -> Iterator[Happened]:
    rows = Agreement.objects.filter(enrolment__program_id=asked.program_id)
    for pk, who, at in asked.of(rows, "enrolment_id", "accepted_at").values_list("id", "enrolment_id", "accepted_at"):
        yield Happened(at, who, f"accepted:{pk}")


def _links(asked: Asked) -> Iterator[Happened]:
    rows = Link.objects.filter(enrolment__program_id=asked.program_id)
    for pk, who, at in asked.of(rows, "enrolment_id", "created_at").values_list("id", "enrolment_id", "created_at"):
        yield Happened(at, who, f"link:{pk}")


def _clicks(asked: Asked) -> Iterator[Happened]:
    """Tell the first and the last valid click of each day (UTC): more is not needed to begin or stop anything."""
    rows = Click.objects.filter(program_id=asked.program_id, reason="")
    days = asked.of(rows, "enrolment_id", "occurred_at").annotate(on=TruncDay("occurred_at")).order_by()
    for row in days.values("enrolment_id", "on").annotate(first=Min("occurred_at"), last=Max("occurred_at")):
        for name in ("first", "last"):
            yield Happened(row[name], row["enrolment_id"], f"click:{row['on']:%Y%m%d}:{name}")


def _first_clicks(asked: Asked) -> Iterator[Happened]:
    """Tell first clicks, of which the day is known and not the hour; that day may have begun before it was asked."""
    zone = Program.objects.values_list("time_zone", flat=True).get(pk=asked.program_id)
    marks = EnrolmentMark.objects.filter(program_id=asked.program_id, first_click__isnull=False)
    for who, day in marks.filter(
        first_click__gte=local_day(asked.since, zone), first_click__lte=local_day(asked.until, zone)
    ).values_list("enrolment_id", "first_click"):  # fmt: skip
        at = max(asked.since, day_starts_at(day, zone)) if day else asked.until
        if at < asked.until:
            yield Happened(at, who, "first_click")


def kept_credits(asked: Asked) -> QuerySet[Credit]:
    """Return the shares in sales that were not refunded as a whole, whenever they were; tests left out."""
    kept = Q(conversion__amount_minor=0) | Q(conversion__refunded_minor__lt=F("conversion__amount_minor"))
    return Credit.objects.filter(
        kept, conversion__program_id=asked.program_id, conversion__is_test=False, share_ppm__gt=0
    )  # fmt: skip


def _sales(asked: Asked) -> Iterator[Happened]:
    rows = asked.of(kept_credits(asked), "enrolment_id", "occurred_at")
    for who, at, conversion in rows.values_list("enrolment_id", "occurred_at", "conversion_id"):
        yield Happened(at, who, f"sale:{conversion}")


def _first_sales(asked: Asked) -> Iterator[Happened]:
    earlier = kept_credits(asked).filter(enrolment=OuterRef("enrolment"), occurred_at__lt=OuterRef("occurred_at"))
    rows = asked.of(kept_credits(asked), "enrolment_id", "occurred_at").filter(~Exists(earlier))
    for who, at in rows.values_list("enrolment_id").annotate(at=Min("occurred_at")).values_list("enrolment_id", "at"):
        yield Happened(at, who, "first_sale")


def _paid(asked: Asked) -> Iterator[Happened]:
    rows = Payout.objects.filter(run__program_id=asked.program_id, state=Payout.State.SETTLED, settled_at__isnull=False)
    rows = asked.of(rows, "enrolment_id", "settled_at")
    for pk, who, at in rows.values_list("id", "enrolment_id", "settled_at"):
        if at is not None:
            yield Happened(at, who, f"paid:{pk}")


def moves(asked: Asked, tier: str = "", *, is_up: bool) -> Iterator[Happened]:
    """Tell moves to a higher tier (or lower), to one tier where it is named. A first placing is no move."""
    before = TierChange.objects.filter(enrolment=OuterRef("enrolment"), at__lt=OuterRef("at")).order_by("-at", "-id")
    rows = asked.of(TierChange.objects.filter(enrolment__program_id=asked.program_id), "enrolment_id", "at")
    rows = rows.annotate(was=before.values("tier__position")[:1]).filter(was__isnull=False, tier__isnull=False)
    rows = rows.filter(tier__position__lt=F("was")) if is_up else rows.filter(tier__position__gt=F("was"))
    if tier:
        rows = rows.filter(tier__key=tier)
    for pk, who, at in rows.values_list("id", "enrolment_id", "at"):
        yield Happened(at, who, f"tier:{pk}")


def _event(kind: str) -> Callable[[Asked], Iterator[Happened]]:
    def read(asked: Asked) -> Iterator[Happened]:
        rows = PartnerEvent.objects.filter(program_id=asked.program_id, kind=kind)
        rows = asked.of(rows, "enrolment_id", "occurred_at")
        for pk, who, at in rows.values_list("id", "enrolment_id", "occurred_at"):
            yield Happened(at, who, f"{kind}:{pk}")

    return read


def _replied(asked: Asked) -> Iterator[Happened]:
    rows = asked.of(Send.objects.filter(program_id=asked.program_id), "enrolment_id", "replied_at")
    for pk, who, at in rows.values_list("id", "enrolment_id", "replied_at"):
        if at is not None:
            yield Happened(at, who, f"replied:{pk}")


_READS: dict[str, Callable[[Asked], Iterator[Happened]]] = {
    "enrolled": _enrolled, "terms_accepted": _accepted, "link_made": _links, "click": _clicks,
    "first_click": _first_clicks, "sale": _sales, "first_sale": _first_sales, "paid": _paid,
    "tier_up": lambda asked: moves(asked, is_up=True), "tier_down": lambda asked: moves(asked, is_up=False),
    "portal_login": _event("portal_login"), "product_use": _event("product_use"),
    "piece_published": _event("piece_published"), "replied": _replied,
}  # fmt: skip
