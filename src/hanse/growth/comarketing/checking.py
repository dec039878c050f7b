"""What a proposal may say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from hanse.growth.comarketing.models import JointCost, JointProject
from hanse.growth.comarketing.types import SIDES, ProjectFields
from hanse.kernel.money import MAX_AMOUNT_MINOR, PPM
from hanse.spine.checks import Checks

MOST_COSTS = 20
_HALF = PPM // 2


def checked(fields: ProjectFields, before: JointProject | None) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the columns of a proposal and its costs; what is left out stays as it was. Raises Invalid."""
    checks = Checks()
    said: dict[str, Any] = {
        name: fields.get(name, getattr(before, name, None)) for name in ProjectFields.__annotations__ if name != "costs"
    }
    values: dict[str, Any] = {
        "kind": checks.one_of("kind", str(said["kind"] or ""), JointProject.Kind.values),
        "title": checks.text("title", said["title"] or "", 120, required=True),
        "text": checks.text("text", said["text"] or "", 4000, lines=True),
        "happens_on": said["happens_on"],
    }
    if said["happens_on"] is None:
        checks.refuse("happens_on", _("Please fill this in."), "required")
    for name in ("our_cost_ppm", "our_leads_ppm"):
        given = said[name] if said[name] is not None else _HALF
        values[name] = checks.whole_number(name.removesuffix("_ppm"), given, 0, PPM)
    costs = fields.get("costs")
    if costs is None:
        costs = [_line(row) for row in before.costs.order_by("position")] if before else []
    read = _checked_costs(checks, costs)
    checks.done()
    return values, read


def _line(row: JointCost) -> Any:
    return {"name": row.name, "planned_minor": row.planned_minor, "paid_by": row.paid_by}


def _checked_costs(checks: Checks, costs: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    if len(costs) > MOST_COSTS:
        checks.refuse("costs", _("At most %(limit)d entries, please.") % {"limit": MOST_COSTS}, "too_long")
        return []
    read = []
    for place, line in enumerate(costs):
        own = Checks(f"/costs/{place}")
        read.append({
            "name": own.text("name", line["name"], 120, required=True),
            "planned_minor": own.whole_number("planned", line["planned_minor"], 0, MAX_AMOUNT_MINOR // MOST_COSTS),
            "paid_by": own.one_of("paid_by", line["paid_by"], SIDES),
        })  # fmt: skip
        checks.problems.extend(own.problems)
    return read
