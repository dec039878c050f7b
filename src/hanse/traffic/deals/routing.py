"""Who looks after a registered deal: the first route that fits, else the partner's own colleague, else nobody."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from hanse.kernel.conditions import FieldKind, holds, parse_condition
from hanse.kernel.errors import Problem
from hanse.kernel.ids import new_id
from hanse.people.access.models import TeamUser
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.spine.audit.actions import audited_save, record_change, record_creation
from hanse.spine.checks import Checks
from hanse.traffic.deals.models import Deal, DealRoute

FIELDS: Final[Mapping[str, FieldKind]] = {
    "deal.amount": "number", "deal.country": "country", "deal.domain": "text", "deal.is_clash": "boolean",
    "partner.types": "texts", "partner.country": "country", "partner.tags": "texts", "enrolment.tier": "text",
}  # fmt: skip
PARTNERS_OWNER: Final = "partner"
MOST_ROUTES: Final = 100


def routes_of(program_id: UUID) -> QuerySet[DealRoute]:
    """Return a program's routes in the order in which they are asked."""
    return DealRoute.objects.filter(program_id=program_id).select_related("owner").order_by("position", "id")


def route_of(deal: Deal, enrolment: Enrolment) -> tuple[TeamUser | None, str]:
    """Return who looks after a new deal and which route said so ("partner": the partner's own colleague)."""
    values = _values(deal, enrolment)
    for route in routes_of(deal.program_id):
        problems: list[Problem] = []
        condition = parse_condition(route.condition, FIELDS, "/condition", problems) if route.condition else None
        if not problems and route.owner.is_active and (condition is None or holds(condition, values)):
            return route.owner, route.name
    owner = enrolment.partner.owner
    return (owner, PARTNERS_OWNER) if owner is not None else (None, "")


def keep_route(
    program: Program, *, name: str, condition: object, owner: TeamUser, now: datetime, by: str,
    instead_of: DealRoute | None = None,
) -> DealRoute:  # fmt: skip
    """Keep a route, the last to be asked; `instead_of` is changed in its place. Condition None fits every deal.

    Deals that are registered already keep their colleague. Raises Invalid with a pointer to what cannot be.
    """
    checks = Checks()
    name = checks.text("name", name, 120, required=True)
    if condition is not None:
        parse_condition(condition, FIELDS, "/condition", checks.problems)
    if owner.role == "partner" or not owner.is_active:
        checks.refuse("owner", _("Choose a colleague."), "not_an_option")
    if instead_of is None and DealRoute.objects.filter(program=program).count() >= MOST_ROUTES:
        checks.refuse("", _("At most 100 routes, please."), "too_many")
    checks.done()
    values = {"name": name, "condition": condition or {}, "owner": owner}
    if instead_of is not None:
        audited_save(instead_of, values, actor=by, verb="change_deal_route", now=now)
        return instead_of
    last = DealRoute.objects.filter(program=program).aggregate(last=Max("position"))["last"]
    position = 0 if last is None else last + 1
    row = DealRoute.objects.create(id=new_id(now), program=program, position=position, **values)
    record_creation(row, actor=by, verb="keep_deal_route", fields=("name", "condition", "owner"), now=now)
    return row


def remove_route(route: DealRoute, *, now: datetime, by: str) -> None:
    """Ask a route no more; deals keep their colleagues."""
    before = {"name": route.name, "condition": route.condition, "owner": route.owner_id}
    record_change(
        actor=by, verb="remove_deal_route", subject_kind="dealroute", subject_id=route.pk, before=before, after={},
        now=now,
    )  # fmt: skip
    route.delete()


def move_route_up(route: DealRoute, *, now: datetime, by: str) -> None:
    """Ask a route before the one above it."""
    ordered = list(routes_of(route.program_id))
    place = next(place for place, row in enumerate(ordered) if row.pk == route.pk)
    if place:
        ordered[place - 1], ordered[place] = ordered[place], ordered[place - 1]
        for position, row in enumerate(ordered):
            DealRoute.objects.filter(pk=row.pk).update(position=position)
        record_change(
            actor=by, verb="move_deal_route", subject_kind="dealroute", subject_id=route.pk, before={"place": place},
            after={"place": place - 1}, now=now,
        )  # fmt: skip


def assign_deal(deal: Deal, owner: TeamUser | None, *, now: datetime, by: str) -> Deal:
    """Give a deal into a colleague's care, or nobody's. Raises Invalid for partners and people who left."""
    if owner is not None and (owner.role == "partner" or not owner.is_active):
        checks = Checks()
        checks.refuse("owner", _("Choose a colleague."), "not_an_option")
        checks.done()
    audited_save(deal, {"owner": owner, "routed_by": ""}, actor=by, verb="assign_deal", now=now)
    return deal


def _values(deal: Deal, enrolment: Enrolment) -> dict[str, object]:
    partner = enrolment.partner
    return {
        "deal.amount": deal.amount_minor, "deal.country": deal.country or None,
        "deal.domain": deal.company_domain or None, "deal.is_clash": deal.is_clash, "partner.types": partner.types,
        "partner.country": partner.country or None, "partner.tags": partner.tags,
        "enrolment.tier": enrolment.tier.key if enrolment.tier else None,
    }  # fmt: skip
