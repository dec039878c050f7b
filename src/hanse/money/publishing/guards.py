"""Who is asked before terms are published: wings above this one register a guard, which may refuse."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.programs.tiers.models import Tier


@dataclass(frozen=True, slots=True)
class ToPublish:
    """Terms that are about to be published by one side alone."""

    program: Program
    tier: Tier | None
    enrolment: Enrolment | None
    body: Mapping[str, Any]
    starts_at: datetime
    ends_at: datetime | None
    now: datetime
    by: str


Guard = Callable[[ToPublish], object]
GUARDS: list[Guard] = []


def ask_guards(terms: ToPublish) -> None:
    """Let every guard look at terms; one that says no raises Refused."""
    for guard in GUARDS:
        guard(terms)
