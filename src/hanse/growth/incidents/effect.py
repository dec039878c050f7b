"""Whom a fault touched and by how much: estimated from their own usual weeks, exact where a rate was wrong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, QuerySet, Sum

from hanse.growth.incidents.dried import missing_at
from hanse.growth.incidents.kept import brought_by, kept_tellings
from hanse.growth.incidents.models import Incident
from hanse.growth.incidents.rules import Brought, missing, right_minor, usual_spans
from hanse.money.commissions.models import Commission
from hanse.programs.enrolments.models import Enrolment
from hanse.traffic.attribution.models import Credit
from hanse.traffic.clicks.models import Click
from hanse.traffic.links.models import Link


def effect_of(incident: Incident, now: datetime) -> dict[UUID, Brought]:
    """Return what an incident has done by now to each enrolment that it touched; thirteen queries at most."""
    if incident.kind == Incident.Kind.WRONG_RATE:
        found = _wrongly_booked(incident)
    elif incident.kind == Incident.Kind.TOKEN_LOST:
        found = _lost(incident, now)
    elif incident.kind in (Incident.Kind.LINK_BROKEN, Incident.Kind.LINK_SALES_STOPPED):
        numbers = incident.about.get("links")
        found = missing_at(incident.program, numbers, incident.starts_at, incident.ends_at or now)
    else:
        found = _not_counted(incident, now)
    real = Enrolment.objects.filter(pk__in=list(found), is_test=False).exclude(status=Enrolment.Status.PENDING)
    kept = set(real.values_list("pk", flat=True))
    return {who: each for who, each in found.items() if who in kept}


def _lost(incident: Incident, now: datetime) -> dict[UUID, Brought]:
    """Return what hangs on orders that lost their click: what pages told of each, else the orders that are missing."""
    told = kept_tellings(incident.program_id, str(incident.about.get("host", "")))
    found = brought_by((one for one in told if one.occurred_at >= incident.starts_at), incident.program_id)
    if found or incident.about.get("is_unlisted"):
        return found
    return {who: each for who, each in _not_counted(incident, now).items() if each.orders}


def _not_counted(incident: Incident, now: datetime) -> dict[UUID, Brought]:
    ends_at = incident.ends_at or now
    spans = usual_spans(incident.starts_at, ends_at)
    usual = _added(_brought(incident, since, until) for since, until in spans)
    found = _brought(incident, incident.starts_at, ends_at)
    lost = {who: missing(each, found.get(who, Brought())) for who, each in usual.items()}
    return {who: each for who, each in lost.items() if each != Brought()}


def _brought(incident: Incident, since: datetime, until: datetime) -> dict[UUID, Brought]:
    clicks = Click.objects.filter(
        program_id=incident.program_id, occurred_at__gte=since, occurred_at__lt=until, reason=""
    )
    if incident.offer_id is not None:
        clicks = clicks.filter(link_number__in=_numbers(incident))
    counts = dict(clicks.order_by().values("enrolment_id").annotate(n=Count("pk")).values_list("enrolment_id", "n"))
    found = {who: Brought(clicks=n) for who, n in counts.items()}
    sums = _commissions(incident, since, until).order_by().values("enrolment_id")
    totals = sums.annotate(n=Count("pk"), v=Sum(F("value_minor") * F("share_ppm") / 1_000_000), c=Sum("earned_minor"))
    for who, orders, value, commission in totals.values_list("enrolment_id", "n", "v", "c"):
        found[who] = Brought(counts.get(who, 0), orders, int(value or 0), int(commission or 0))
    return found


def _commissions(incident: Incident, since: datetime, until: datetime) -> QuerySet[Commission]:
    rows = Commission.objects.filter(
        program_id=incident.program_id, occurred_at__gte=since, occurred_at__lt=until, voided_at=None,
        conversion__is_test=False,
    )  # fmt: skip
    if incident.offer_id is not None:
        rows = rows.filter(
            conversion__in=Credit.objects.filter(link_number__in=_numbers(incident)).values("conversion")
        )
    return rows


def _numbers(incident: Incident) -> QuerySet[Any]:
    return Link.objects.filter(offer=incident.offer_id).values("number")


def _added(parts: Iterable[dict[UUID, Brought]]) -> dict[UUID, Brought]:
    sums: dict[UUID, Brought] = defaultdict(Brought)
    for part in parts:
        for who, one in part.items():
            now = sums[who]
            sums[who] = Brought(
                now.clicks + one.clicks, now.orders + one.orders, now.value_minor + one.value_minor,
                now.commission_minor + one.commission_minor,
            )  # fmt: skip
    return sums


def _wrongly_booked(incident: Incident) -> dict[UUID, Brought]:
    """Add up, order by order, what the right rate would have paid less what was booked."""
    rate = incident.rate_ppm or 0
    sums: dict[UUID, Brought] = defaultdict(Brought)
    assert incident.ends_at is not None, "a wrong rate is noted when it is over"
    rows = _commissions(incident, incident.starts_at, incident.ends_at)
    columns = rows.values_list("enrolment_id", "value_minor", "share_ppm", "earned_minor")
    for who, value_minor, share_ppm, earned_minor in columns.iterator(chunk_size=2_000):
        difference = right_minor(value_minor, share_ppm, rate) - earned_minor
        if difference:
            now, share = sums[who], value_minor * share_ppm // 1_000_000
            sums[who] = Brought(
                0, now.orders + 1, now.value_minor + share, now.commission_minor + difference
            )  # fmt: skip
    return {who: each for who, each in sums.items() if each.commission_minor}
