"""Verbs of tiers."""

from __future__ import annotations

from datetime import datetime

from hanse.programs.programs import rules
from hanse.programs.programs.models import Program
from hanse.programs.tiers.models import Tier
from hanse.spine.audit.actions import audited_save
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
