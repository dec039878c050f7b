"""Reads of incidents."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import Count, QuerySet, Sum

from hanse.growth.incidents.models import Incident, Touched
from hanse.growth.sends.models import Send
from hanse.kernel.errors import NotFound


def incidents_of(program_id: UUID) -> QuerySet[Incident]:
    """Return a program's incidents, the latest first; `partners`, `lost_orders` and `lost_minor` are their sums."""
    rows = Incident.objects.filter(program_id=program_id).select_related("program", "notice__template", "offer")
    rows = rows.annotate(
        partners=Count("touched"), lost_orders=Sum("touched__orders", default=0),
        lost_value_minor=Sum("touched__value_minor", default=0), lost_minor=Sum("touched__commission_minor", default=0),
    )  # fmt: skip
    return rows.order_by("-starts_at", "-id")


def sums_of(incident_ids: Collection[UUID]) -> dict[UUID, tuple[int, int, int, int]]:
    """Return partners, orders, value and commission of each incident, added up. One query."""
    found: dict[UUID, tuple[int, int, int, int]] = dict.fromkeys(incident_ids, (0, 0, 0, 0))
    rows = Touched.objects.filter(incident__in=list(incident_ids)).order_by().values("incident_id")
    sums = rows.annotate(n=Count("pk"), o=Sum("orders"), v=Sum("value_minor"), c=Sum("commission_minor"))
    for who, *numbers in sums.values_list("incident_id", "n", "o", "v", "c"):
        partners, orders, value, commission = (int(number) for number in numbers)
        found[who] = (partners, orders, value, commission)
    return found


def incident_by_id(program_id: UUID, incident_id: UUID) -> Incident:
    """Return one incident of a program. Raises NotFound."""
    found = incidents_of(program_id).filter(pk=incident_id).first()
    if found is None:
        raise NotFound("incident")
    return found


def touched_by(incident: Incident) -> QuerySet[Touched]:
    """Return whom an incident touched, most commission first."""
    rows = Touched.objects.filter(incident=incident).select_related("enrolment__partner", "enrolment__tier")
    return rows.order_by("-commission_minor", "-value_minor", "-clicks", "id")


def send_key(incident_id: UUID, step: str) -> str:
    """Name the letters of a step about an incident: `told` or `mended`. Each goes to a partner once."""
    return f"incident:{incident_id}:{step}"


def told_of(incident: Incident) -> set[UUID]:
    """Return whom we told of an incident. One query."""
    return set(Send.objects.filter(key=send_key(incident.pk, "told")).values_list("enrolment_id", flat=True))


def untold_of(incident: Incident) -> int:
    """Return how many an incident touched whom we have not told of it. One query."""
    told = Send.objects.filter(key=send_key(incident.pk, "told")).values("enrolment_id")
    return Touched.objects.filter(incident=incident).exclude(enrolment_id__in=told).count()
