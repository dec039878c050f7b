"""Things to do about faults of ours: those that watch found, and what partners do not know or wait to hear of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from hanse.growth.claims.models import Claim
from hanse.growth.incidents.models import Incident
from hanse.growth.incidents.queries import sums_of
from hanse.growth.today.types import Kind, Named, Thing
from hanse.growth.watch.mending import repair_of
from hanse.growth.watch.queries import open_faults
from hanse.programs.programs.models import Program

_READ = 200  # those with most money first; how many are shown is decided when it is known what was put off
_MENDED_AFTER = timedelta(days=7)
Sums = tuple[int, int, int, int]


def things(program: Program, now: datetime) -> Iterator[Thing]:
    """Yield faults that go on, those that partners do not know of, and those told a week ago that are not mended.

    Two queries, three where orders lost their click.
    """
    found = Incident.objects.filter(program=program, mended_at=None, closed_at=None).order_by("starts_at", "pk")
    rows = [*open_faults(program.pk).filter(mending_at=None)[:_READ], *found.filter(fault_key="")[:_READ]]
    sums = sums_of([row.pk for row in rows]) if rows else {}
    asked = _who_asked(program, rows)
    for row in rows:
        yield from (
            _of_fault(row, sums[row.pk], asked.get(row.pk), now) if row.fault_key else _noted(row, sums[row.pk], now)
        )


def _noted(row: Incident, sums: Sums, now: datetime) -> Iterator[Thing]:
    partners, _orders, _value, commission = sums
    detail = {"title": row.title}
    if row.told_at is None and partners:
        yield Thing(
            f"incident:{row.pk}", Kind.INCIDENT, partners, max(0, commission), row.created_at, row.pk, (), detail
        )
    elif row.told_at is not None and row.told_at <= now - _MENDED_AFTER:
        yield Thing(
            f"incident-open:{row.pk}", Kind.INCIDENT_OPEN, partners, max(0, commission), row.told_at, row.pk, (), detail
        )


def _of_fault(row: Incident, sums: Sums, asked: Named | None, now: datetime) -> Iterator[Thing]:
    partners, orders, value, commission = sums
    days = max(1.0, (now - row.starts_at) / timedelta(days=1))
    numbers: dict[str, Any] = {
        "value": value, "a_day": round(commission / days), "partners": partners, "orders": orders,
        "tries": row.evidence.get("tries", 0), "good": row.evidence.get("good", 0),
        "links": row.evidence.get("links", 0), "minutes": row.evidence.get("longest_minutes", 0),
    }  # fmt: skip
    words = {
        "kind": row.kind, "title": row.title, "cause": row.cause, "repair": repair_of(row),
        "host": row.about.get("host", ""), "slug": row.about.get("slug", ""),
        "told": "1" if row.told_at else "", "unlisted": "1" if row.about.get("is_unlisted") else "",
        "ours": "1" if row.about.get("is_ours") else "",
        "url": (row.about.get("urls") or [""])[0],
    }  # fmt: skip
    yield Thing(
        f"fault:{row.pk}", Kind.FAULT, int(row.evidence.get("orders") or orders), max(0, commission), row.starts_at,
        row.pk, (asked,) if asked else (), {key: str(one) for key, one in {**numbers, **words}.items()},
    )  # fmt: skip


def _who_asked(program: Program, rows: list[Incident]) -> dict[object, Named]:
    """Return, by incident, a partner who has asked about one of the orders that it names. One query, mostly none."""
    orders = {order: row.pk for row in rows for order in row.evidence.get("order_ids", ())}
    if not orders:
        return {}
    claims = Claim.objects.filter(program=program, status=Claim.Status.OPEN, external_id__in=list(orders))
    found = claims.order_by("-made_at").values_list(
        "external_id", "enrolment__partner_id", "enrolment__partner__contact_name", "enrolment__partner__name"
    )
    return {orders[order]: Named(partner_id, contact or name) for order, partner_id, contact, name in found}
