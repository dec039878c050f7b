"""Verbs of tiers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from hanse.kernel.ids import new_id
from hanse.programs.programs import rules
from hanse.programs.programs.models import Program
from hanse.programs.tiers.models import Tier
from hanse.spine.audit.actions import audited_save, record_creation
from hanse.spine.checks import Checks


def add_default_tiers(program: Program) -> list[Tier]:
    """Give a new program the five tiers: power, growth, casual, new, inactive."""
    return Tier.objects.bulk_create(
        Tier(program=program, key=tier.key, name=tier.name, position=position)
        for position, tier in enumerate(rules.DEFAULT_TIERS)
    )


def rename_tier(tier: Tier, name: str, *, now: datetime, by: str) -> Tier:
    """Call a tier otherwise; its key stays. Raises Invalid."""
    checks = Checks()
    values = {"name": checks.text("name", name, 80, required=True)}
    checks.done()
    audited_save(tier, values, actor=by, verb="rename_tier", now=now)
    return tier


def arrange_tiers(program: Program, wanted: Sequence[tuple[str, str]], *, now: datetime, by: str) -> list[Tier]:
    """Bring a program's tiers into an order, the highest first: (key, name) each; a name of "" keeps what there is.

    Keys that are new are made; tiers that are not named come after the others. Raises Invalid.
    """
    checks = Checks()
    known = {tier.key: tier for tier in Tier.objects.filter(program=program).order_by("position")}
    named = {checks.key("tiers", key, 40): checks.text("tiers", name, 80) for key, name in wanted}
    checks.done()
    order = [*named, *(key for key in known if key not in named)]
    for position, key in enumerate(order):
        tier = known.get(key)
        if tier is None:
            name = named[key] or key.replace("-", " ").replace("_", " ").capitalize()
            tier = Tier.objects.create(id=new_id(now), program=program, key=key, name=name, position=position)
            record_creation(tier, actor=by, verb="add_tier", fields=("key", "name", "position"), now=now)
        else:
            values = {"position": position, "name": named.get(key) or tier.name}
            audited_save(tier, values, actor=by, verb="arrange_tiers", now=now)
    return list(Tier.objects.filter(program=program).order_by("position"))
