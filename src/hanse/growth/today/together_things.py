"""Things to do about joint projects: proposals to answer, proof to look at, results to write, what nobody showed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery, Sum

from hanse.growth.comarketing.models import JointCost, JointProject
from hanse.growth.comarketing.queries import staged
from hanse.growth.comarketing.rules import divide
from hanse.growth.comarketing.types import Stage
from hanse.growth.today.types import Kind, Named, Thing
from hanse.kernel.clock import local_day
from hanse.programs.programs.models import Program

_READ = 200
_SHOWN_WITHIN = timedelta(days=7)
_KINDS: dict[Stage, Kind] = {
    "our_turn": Kind.JOINT_ASKED, "to_look_at": Kind.JOINT_PROOF, "result": Kind.JOINT_RESULT,
    "proof": Kind.JOINT_QUIET,
}  # fmt: skip


def things(program: Program, now: datetime) -> Iterator[Thing]:
    """Yield what waits about joint projects, those of a sort together. Two queries."""
    rows = list(_open(program)[:_READ])
    found: dict[Kind, list[JointProject]] = {}
    today = local_day(now, program.time_zone)
    for row, stage in staged(rows, now):
        kind = _KINDS.get(stage)
        if kind is Kind.JOINT_RESULT and row.happens_on > today:
            continue  # shown before its day: the result can wait until then
        if kind is Kind.JOINT_QUIET and row.happens_on + _SHOWN_WITHIN > today:
            continue  # the partner was asked by mail; give them a week
        if kind is not None:
            found.setdefault(kind, []).append(row)
    for kind, projects in found.items():
        yield _thing(kind, projects)


def _thing(kind: Kind, projects: Sequence[Any]) -> Thing:
    first = projects[0]
    named = [Named(row.enrolment.partner_id, row.enrolment.partner.name) for row in projects]
    ours = sum(divide(row.costs_minor or 0, row.our_cost_ppm)[0] for row in projects)
    version = f":{first.version}" if kind is Kind.JOINT_ASKED else ""
    return Thing(
        f"{kind}:{projects[-1].pk}{version}", kind, len(projects), ours, first.agreed_at or first.created_at, first.pk,
        named, {"title": first.title, "day": first.happens_on.isoformat()},
    )  # fmt: skip


def _open(program: Program) -> QuerySet[Any]:
    costs = JointCost.objects.filter(project=OuterRef("pk")).order_by().values("project")
    rows = JointProject.objects.filter(program=program, state__in=("asked", "agreed"))
    rows = rows.annotate(costs_minor=Subquery(costs.annotate(sum=Sum("planned_minor")).values("sum")))
    rows = rows.select_related("program", "enrolment__partner").prefetch_related("proofs")
    return rows.order_by("happens_on", "id")
