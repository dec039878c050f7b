"""All facts about an enrolment, the most useful first. Pure: what is known comes in, statements go out."""

from __future__ import annotations

from hanse.insight.facts import of_links, of_pieces, of_sales, of_time
from hanse.insight.facts.kinds import KINDS as KINDS
from hanse.insight.facts.material import Around, Material
from hanse.insight.facts.types import FoundFact


def found_in(of: Material, around: Around) -> list[FoundFact]:
    """Return the facts about one enrolment, ranked. None rests on fewer cases than its kind's least n."""
    rooms = (of_time, of_sales, of_links, of_pieces)
    facts = [fact for room in rooms for fact in room.found(of, around) if fact is not None]
    return sorted(facts, key=lambda fact: (-fact.rank_ppm, fact.kind))
