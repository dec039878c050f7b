"""Which facts of a batch are new, which repeat, which contradict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from hanse.spine.intake.types import Arrival, Contradiction, FactKey, KnownFact, Sorting


def sort_arrivals(arrivals: Iterable[Arrival], known: Mapping[FactKey, KnownFact]) -> Sorting:
    """Sort facts in the order of the journal.

    The same content is a repetition; so is an older revision, which has been replaced already. Other content with a
    higher revision amends; with the same revision it contradicts.
    """
    seen = dict(known)
    fresh: dict[FactKey, Arrival] = {}
    repeated: list[Arrival] = []
    contradicting: list[Contradiction] = []
    for arrival in arrivals:
        first = seen.get(arrival.key)
        if first is None or (arrival.revision > first.revision and arrival.content_hash != first.content_hash):
            if arrival.key in fresh:
                repeated.append(fresh[arrival.key])
            seen[arrival.key] = KnownFact(arrival.content_hash, arrival.revision)
            fresh[arrival.key] = replace(arrival, amends=True) if arrival.key in known else arrival
        elif arrival.content_hash == first.content_hash or arrival.revision < first.revision:
            repeated.append(arrival)
        else:
            contradicting.append(Contradiction(arrival, first.content_hash))
    return Sorting(tuple(fresh.values()), tuple(repeated), tuple(contradicting))


def is_outdated(arrival: Arrival, known: KnownFact | None, newer_revision: int) -> bool:
    """Say whether a fact that waited was replaced by a higher revision, known before or come just now; one that a
    person took was not."""
    latest = max(newer_revision, known.revision if known else 0)
    return not arrival.is_taken and arrival.revision < latest
