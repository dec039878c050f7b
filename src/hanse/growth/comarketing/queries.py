"""Reads of co-marketing: lists, what links and codes brought, money promised, who is to be reminded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum

from hanse.growth.comarketing import rules
from hanse.growth.comarketing.models import JointCost, JointProject, JointProof
from hanse.growth.comarketing.types import OpenBudget, Outcome, Stage
from hanse.insight.rollups.models import CountedCredit, LinkDay
from hanse.kernel.clock import local_day
from hanse.programs.programs.models import Program
from hanse.traffic.attribution.models import Credit

State = JointProject.State


def projects_of(program_id: UUID) -> QuerySet[JointProject]:
    """Return a program's projects with partner, costs and proofs, the newest first."""
    return with_parts(JointProject.objects.filter(program_id=program_id))


def projects_for(enrolment_id: UUID) -> QuerySet[JointProject]:
    """Return one partner's projects in a program, the newest first."""
    return with_parts(JointProject.objects.filter(enrolment_id=enrolment_id))


def latest_for(enrolment_id: UUID, now: datetime, limit: int = 20) -> list[tuple[JointProject, Stage]]:
    """Return one partner's latest projects with where they are, without their costs. Two queries at most."""
    rows = JointProject.objects.filter(enrolment_id=enrolment_id).select_related("program").prefetch_related("proofs")
    return staged(rows.order_by("-created_at", "-id")[:limit], now)


def staged(rows: Iterable[JointProject], now: datetime) -> list[tuple[JointProject, Stage]]:
    """Return projects with where they are today, in their program's zone."""
    return [(row, rules.stage_of(row, list(row.proofs.all()), local_day(now, row.program.time_zone))) for row in rows]


def outcomes_of(projects: Sequence[JointProject]) -> dict[UUID, Outcome]:
    """Return what projects' links and codes brought: clicks, sales and leads of their link, and from the agreement on
    of their code; a sale that has both counts once. Value is what is left after refunds. Two queries at most."""
    agreed = [row for row in projects if row.agreed_at and (row.link_id or row.coupon_id)]
    numbers: dict[int | None, UUID] = {row.link.number: row.pk for row in agreed if row.link}
    coupons: dict[UUID | None, UUID] = {row.coupon_id: row.pk for row in agreed if row.coupon_id}
    if not agreed:
        return {}
    clicked = (
        LinkDay.objects.filter(link_number__in=[row.link.number for row in agreed if row.link], dimension="")
        .order_by()
        .values("link_number")
    )
    clicks = dict(clicked.annotate(n=Sum("clicks")).values_list("link_number", "n"))
    found: dict[UUID, Outcome] = {row.pk: Outcome(clicks.get(row.link.number, 0) if row.link else 0) for row in agreed}
    for number, coupon, sales, leads, value in _sold(agreed):
        project_id = numbers[number] if number in numbers else coupons[coupon]
        before = found[project_id]
        found[project_id] = Outcome(
            before.clicks, before.sales + sales, before.leads + leads, before.value_minor + (value or 0)
        )
    return found


def open_budgets(program_id: UUID) -> list[OpenBudget]:
    """Return our share of the costs of each project that is agreed and has no result yet. Two queries."""
    rows = JointProject.objects.filter(program_id=program_id, state=State.AGREED).prefetch_related("costs")
    return [
        OpenBudget(row.pk, row.enrolment_id, row.happens_on, row.currency,
                   rules.planned(row.costs.all(), row.our_cost_ppm).ours_minor)
        for row in rows.order_by("happens_on", "id")
    ]  # fmt: skip


def open_budget(program_id: UUID) -> int:
    """Return what we have promised for joint projects and not settled, in minor units of the program's currency."""
    return sum(one.amount_minor for one in open_budgets(program_id))


def to_remind(now: datetime, limit: int = 50) -> list[JointProject]:
    """Return agreed projects whose day is over where their program is, of which the partner has shown nothing and was
    not asked for it yet; at most `limit`. Not of the demo, nor of partners who left. A query for each time zone."""
    shown = JointProof.objects.filter(project=OuterRef("pk"), side="partner").exclude(state="refused")
    open_ones = JointProject.objects.filter(
        ~Exists(shown), state=State.AGREED, reminded_at=None, program__is_demo=False, enrolment__ended_at=None
    )
    rows: list[JointProject] = []
    for zone in open_ones.order_by().values_list("program__time_zone", flat=True).distinct():
        over = open_ones.filter(program__time_zone=zone, happens_on__lt=local_day(now, zone))
        rows += over.select_related("enrolment__partner", "program").order_by("happens_on", "id")[:limit]
    return rows[:limit]


def waits_for_us(program_id: UUID) -> int:
    """Return how many projects wait for a word of ours: asked by a partner, or with proof to look at. One query."""
    asked = Q(state=State.ASKED, last_by="partner")
    shown = Q(state=State.AGREED, proofs__state="waiting")
    rows = JointProject.objects.filter(asked | shown, program_id=program_id)
    return rows.distinct().count()


def program_total(program: Program) -> tuple[int, int]:
    """Return what joint projects cost us in all, and how many leads of them are ours. One query."""
    done = JointProject.objects.filter(program=program, state=State.DONE)
    sums = done.aggregate(cost=Sum("our_minor", default=0), leads=Sum("our_leads", default=0))
    return sums["cost"], sums["leads"]


def with_parts(rows: QuerySet[JointProject]) -> QuerySet[JointProject]:
    """Return projects with everything that a page says of them, the newest first. Three queries."""
    costs = Prefetch("costs", JointCost.objects.order_by("position"))
    proofs = Prefetch("proofs", JointProof.objects.select_related("file").order_by("sent_at", "id"))
    rows = rows.select_related("program", "enrolment__partner", "enrolment__program", "link", "coupon")
    return rows.prefetch_related(costs, proofs).order_by("-created_at", "-id")


def _sold(agreed: Sequence[JointProject]) -> list[tuple[int | None, UUID | None, int, int, int | None]]:
    """Add up the credits of links and codes in the database, each with its exact share of the order."""
    wanted = Q()
    for row in agreed:
        if row.link:
            wanted |= Q(enrolment_id=row.enrolment_id, link_number=row.link.number)
        if row.coupon_id:
            wanted |= Q(enrolment_id=row.enrolment_id, coupon_id=row.coupon_id, occurred_at__gte=row.agreed_at)
    counted = CountedCredit.objects.filter(
        conversion_id=OuterRef("conversion_id"), enrolment_id=OuterRef("enrolment_id")
    )
    rows = Credit.objects.filter(wanted, conversion__is_test=False).annotate(
        sold=Subquery(counted.values("value_minor")), back=Subquery(counted.values("refunded_minor"))
    )
    worth = Q(conversion__amount_minor__gt=0)
    grouped = rows.order_by().values("link_number", "coupon_id").annotate(
        sales=Count("pk", filter=worth), leads=Count("pk", filter=~worth), sold_minor=Sum("sold", default=0),
        back_minor=Sum("back", default=0),
    )  # fmt: skip
    return [
        (row["link_number"], row["coupon_id"], row["sales"], row["leads"], row["sold_minor"] - row["back_minor"])
        for row in grouped
    ]
