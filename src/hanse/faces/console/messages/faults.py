"""The evidence of a fault that watch found, and what one button can do about it, as the incident's page shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hanse.growth.incidents.kept import Telling, kept_tellings
from hanse.growth.incidents.models import Incident
from hanse.growth.watch.mending import ADD_HOST, LEAD_ELSEWHERE, other_pages, repair_of
from hanse.growth.watch.models import CheckedDestination
from hanse.kernel import clock
from hanse.programs.enrolments.models import Enrolment
from hanse.traffic.links.models import Link

_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Lost:
    """One order that lost its click, as the evidence lists it."""

    external_id: str
    occurred_at: datetime
    amount_minor: int
    minutes: int
    is_known: bool
    partner_id: UUID | None
    partner: str


def fault_shown(row: Incident) -> dict[str, Any]:
    """Return what an incident's page shows of a fault. Four queries at most."""
    kind, evidence = repair_of(row), row.evidence
    shown: dict[str, Any] = {"fault": row.about, "evidence": evidence, "repair": kind, "odds": odds_of(evidence)}
    if kind == ADD_HOST:
        count = int(evidence.get("orders", 0))
        shown["repair_act"] = ngettext(
            "Add the domain and re-check %(n)d order", "Add the domain and re-check %(n)d orders", count
        ) % {"n": count}  # fmt: skip
    if kind == LEAD_ELSEWHERE and (pages := other_pages(row, clock.now())):
        count = int(evidence.get("links", 0))
        shown["other_page"] = pages[0] if len(pages) == 1 else ""
        shown["repair_act"] = ngettext("Lead %(n)d link elsewhere", "Lead %(n)d links elsewhere", count) % {"n": count}
    if row.kind == Incident.Kind.TOKEN_LOST and row.about.get("is_unlisted") and row.closed_at is None:
        shown["lost"] = _lost(row)
    if row.kind == Incident.Kind.LINK_BROKEN:
        shown["pages"] = CheckedDestination.objects.filter(url__in=row.about.get("urls") or []).order_by("url")
    if row.about.get("links"):
        numbers = list(row.about["links"])[:_SHOWN]
        links = Link.objects.filter(number__in=numbers).select_related("enrolment__partner")
        shown["links"] = links.order_by("number")
    return shown


def odds_of(evidence: Mapping[str, Any]) -> str:
    """Return how seldom so few come by chance: `once in 2,000,000 looks`."""
    chance = evidence.get("chance")
    if not isinstance(chance, int | float):
        return ""
    if chance < 1e-9:
        return _("less than once in a billion looks")
    power = 1
    while chance * power * 10 <= 1:
        power *= 10
    return _("about once in %(n)s looks") % {"n": f"{round(1 / chance, 1 - len(str(power))):,.0f}"}


def _lost(row: Incident) -> list[Lost]:
    told = kept_tellings(row.program_id, str(row.about.get("host", "")))
    tellings = [one for one in told if one.occurred_at >= row.starts_at][:_SHOWN]
    ids = {one.enrolment_id for one in tellings if one.enrolment_id}
    names = {
        pk: (partner_id, name)
        for pk, partner_id, name in Enrolment.objects.filter(pk__in=ids).values_list(
            "pk", "partner_id", "partner__name"
        )
    }
    return [_one(telling, names) for telling in tellings]


def _one(telling: Telling, names: Mapping[UUID, tuple[UUID, str]]) -> Lost:
    who = names.get(telling.enrolment_id) if telling.enrolment_id else None
    return Lost(
        telling.external_id, telling.occurred_at, telling.amount_minor, telling.minutes, telling.is_known,
        who[0] if who else None, who[1] if who else "",
    )  # fmt: skip
