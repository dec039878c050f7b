"""What an embargo keeps from partners who have not accepted it: kits and prompts that mention it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch

from hanse.growth.kits.models import Kit, KitPicture
from hanse.growth.roadmap.blocking import Guard

SAID = ("copies", Prefetch("pictures", queryset=KitPicture.objects.select_related("file")))  # where words of a kit are


def hidden_from(
    program_id: UUID, texts: Mapping[UUID, str], enrolment_ids: Collection[UUID], now: datetime
) -> set[tuple[UUID, UUID]]:
    """Return which texts (by id) which partners may not read now: pairs of both. One query, or two."""
    if not texts or not enrolment_ids:
        return set()
    guard = Guard(program_id, now)
    if not guard.embargoes:
        return set()
    return {(key, who) for key, text in texts.items() for who in guard.blocked_for(text, enrolment_ids)}


def words_of(kit: Kit) -> str:
    """Return everything that a kit says, its files too; what is not prefetched (see SAID) is read."""
    said = [kit.name, kit.prompt]
    said += [f"{step['title']}\n{step['text']}" for step in kit.steps]
    said += [f"{copy.title}\n{copy.text}" for copy in kit.copies.all()]
    said += [f"{picture.alt}\n{picture.file.name}" for picture in kit.pictures.all()]
    return "\n".join(said)
