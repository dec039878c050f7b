"""Verbs of facts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from hanse.insight.facts.material import Around, Material, PieceOf
from hanse.insight.facts.models import PartnerFact
from hanse.insight.facts.reading import materials, skus_in
from hanse.insight.facts.rules import found_in
from hanse.insight.facts.types import FoundFact
from hanse.programs.programs.models import Program
from hanse.spine.bulk import insert_many
from hanse.traffic.products.queries import product_names


def find_facts(
    program: Program, enrolment_ids: Collection[UUID], around: Around, today: date,
    pieces: Mapping[UUID, Sequence[PieceOf]] | None = None,
) -> dict[UUID, list[FoundFact]]:  # fmt: skip
    """Find what is true of enrolments on a local day, the best to tell first. Reads only; a fixed number of queries.

    What they published is known higher up, and handed in.
    """
    known = materials(program, enrolment_ids, today)
    known = [replace(one, pieces=(pieces or {}).get(one.enrolment_id, ())) for one in known]
    return facts_in(program, known, around)


def facts_in(program: Program, known: Sequence[Material], around: Around) -> dict[UUID, list[FoundFact]]:
    """Find the facts in what was read already. One query for the products' names."""
    named = replace(around, products=product_names(program.pk, skus_in(known)))
    return {one.enrolment_id: found_in(one, named) for one in known}


def keep_facts(program_id: UUID, found: Mapping[UUID, Sequence[FoundFact]], today: date) -> int:
    """Store facts in place of all that were known of the same enrolments; return how many. Two statements."""
    PartnerFact.objects.filter(enrolment_id__in=list(found)).delete()
    rows = [
        {
            "program_id": program_id, "enrolment_id": who, "kind": fact.kind, "period_from": fact.period_from,
            "period_to": fact.period_to, "n": fact.n, "numbers": dict(fact.numbers), "rank_ppm": fact.rank_ppm,
            "place": place, "found_on": today,
        }
        for who, facts in found.items()
        for place, fact in enumerate(facts)
    ]  # fmt: skip
    insert_many(PartnerFact, rows)
    return len(rows)
