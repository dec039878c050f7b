"""For whom something is: tiers and types, none named meaning everybody. One rule for lessons, sessions and previews."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from hanse.people.partners.models import PartnerType
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.programs.tiers.models import Tier
from hanse.spine.checks import Checks


def is_meant(tiers: Collection[str], types: Collection[str], tier: str, own_types: Collection[str]) -> bool:
    """Say whether something for some tiers and types is for a partner of these."""
    return (not tiers or tier in tiers) and (not types or not set(types).isdisjoint(own_types))


def is_meant_for(tiers: Collection[str], types: Collection[str], enrolment: Enrolment) -> bool:
    """Say whether something is for an enrolment (with its tier and partner)."""
    return is_meant(tiers, types, enrolment.tier.key if enrolment.tier else "", enrolment.partner.types)


def checked_tiers(checks: Checks, program: Program, tiers: Sequence[str]) -> list[str]:
    """Return keys of a program's tiers, each once; an unknown one is refused."""
    known = set(Tier.objects.filter(program=program).values_list("key", flat=True)) if tiers else set()
    return _known(checks, "tiers", tiers, known)


def checked_types(checks: Checks, types: Sequence[str]) -> list[str]:
    """Return partner types, each once; an unknown one is refused."""
    known = set(PartnerType.objects.values_list("slug", flat=True)) if types else set()
    return _known(checks, "types", types, known)


def _known(checks: Checks, field: str, chosen: Sequence[str], known: set[str]) -> list[str]:
    for one in chosen:
        checks.one_of(field, one, known)
    return list(dict.fromkeys(chosen))
