"""Newsletters without the sections that somebody may not read yet: one version for each set of sections left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from uuid import UUID

from hanse.growth.newsletters.embargoes import left_out
from hanse.growth.newsletters.queries import parts_of
from hanse.growth.newsletters.rules import Part, body_of
from hanse.growth.roadmap.blocking import Guard
from hanse.growth.sends.models import Send
from hanse.growth.templates.models import MessageVersion


def versions_for(sends: Mapping[UUID, Send], guard: Guard) -> Iterator[tuple[MessageVersion | None, list[UUID]]]:
    """Yield the versions in which letters of one version go, each with its readers, by enrolment.

    None: of a newsletter everything that somebody would read is under an embargo. Nothing is read from the database
    while no embargo is open.
    """
    first = next(iter(sends.values()))
    version = first.version
    assert version is not None
    if not guard.embargoes or first.newsletter_id is None:
        yield version, list(sends)
        return
    newsletter = first.newsletter
    assert newsletter is not None
    parts = parts_of(newsletter)
    groups: defaultdict[tuple[int, ...], list[UUID]] = defaultdict(list)
    for who, places in left_out(guard, parts, list(sends)).items():
        groups[places].append(who)
    for places, readers in groups.items():
        kept = [part for place, part in enumerate(parts) if place not in places]
        yield (_version(version, kept) if kept and places else version if kept else None), readers


def _version(version: MessageVersion, kept: list[Part]) -> MessageVersion:
    """Return a version that is not kept: the same letter with fewer sections."""
    contents = {code: {**said, "body": body_of(kept)} for code, said in version.contents.items()}
    return MessageVersion(template=version.template, number=version.number, contents=contents)
