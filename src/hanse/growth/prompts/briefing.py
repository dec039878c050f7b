"""Promised briefings: a published prompt keeps them from the day a partner's tier sees it. Safe to run twice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from hanse.growth.care.models import PromiseDue, TierPromise
from hanse.growth.kits.embargoes import hidden_from
from hanse.growth.kits.rules import is_for
from hanse.growth.prompts import rules
from hanse.growth.prompts.models import Prompt
from hanse.growth.prompts.queries import leads_of, words_of
from hanse.kernel.clock import day_starts_at
from hanse.programs.programs.models import Program

BY_ITSELF = "by itself"


def keep_briefings(program: Program, now: datetime) -> int:
    """Keep the promised briefings about days that a prompt tells of, for every partner who sees it by now.

    What mentions an embargo keeps nothing for who has not accepted it. Kept from the moment that it could be seen:
    too late a prompt leaves its promise broken in time. Returns how many.
    """
    prompts: dict[str, list[Prompt]] = {}
    for row in Prompt.objects.filter(
        program=program, published_at__lte=now, withdrawn_at=None, day__isnull=False
    ).order_by("published_at", "id"):
        prompts.setdefault(f"day:{row.day_id}", []).append(row)
    if not prompts:
        return 0
    leads = leads_of(program.pk).days
    dues = PromiseDue.objects.filter(
        promise__tier__program=program, promise__kind=TierPromise.Kind.BRIEFING, key__in=list(prompts), kept_at=None,
        dropped_at=None,
    ).select_related("enrolment__partner", "enrolment__tier")  # fmt: skip
    texts = {row.pk: words_of(row) for rows in prompts.values() for row in rows}
    hidden = hidden_from(program.pk, texts, {due.enrolment_id for due in dues}, now)
    kept: dict[tuple[UUID, datetime], list[UUID]] = {}
    for due in dues:
        rows = [row for row in prompts[due.key] if (row.pk, due.enrolment_id) not in hidden]
        seen = [(at, row.pk) for row in rows if (at := _seen_at(row, due, leads, program.time_zone)) <= now]
        if seen:
            at, prompt_id = min(seen)
            kept.setdefault((prompt_id, at), []).append(due.pk)
    for (prompt_id, at), ids in kept.items():
        PromiseDue.objects.filter(pk__in=ids, kept_at=None).update(
            kept_at=at, kept_by=BY_ITSELF, evidence=f"prompt:{prompt_id}"
        )
    return sum(map(len, kept.values()))


def _seen_at(prompt: Prompt, due: PromiseDue, leads: Mapping[str, int], zone: str) -> datetime:
    """When the partner could first see it: published, and their tier's day has come; never for whom it is not for."""
    enrolment = due.enrolment
    tier = enrolment.tier.key if enrolment.tier else ""
    assert prompt.published_at is not None
    if not is_for(prompt, tier=tier, types=enrolment.partner.types, language=enrolment.partner.language):
        return datetime.max.replace(tzinfo=prompt.published_at.tzinfo)
    return max(
        prompt.published_at, day_starts_at(rules.seen_from(prompt, tier, leads), zone), enrolment.enrolled_at
    )  # fmt: skip
