"""Reads of prompts: what a program has, what a partner sees today, how early each tier hears of things."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from hanse.growth.care.models import UpcomingDay
from hanse.growth.kits.embargoes import hidden_from
from hanse.growth.kits.queries import OPEN_STATUSES
from hanse.growth.kits.rules import is_for
from hanse.growth.prompts import rules
from hanse.growth.prompts.models import Prompt, TierLead
from hanse.growth.prompts.types import SeenFrom
from hanse.kernel.clock import local_day
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.tiers.models import Tier

KEPT_DAYS = 90  # what is over stays in calendars for so long


@dataclass(frozen=True, slots=True)
class Leads:
    """How many days ahead each tier of a program hears of things, by key, the highest tier first."""

    days: Mapping[str, int]
    names: Mapping[str, str]


def leads_of(program_id: UUID) -> Leads:
    """Return how early each tier hears of things: what was set, else by its place from the top. Two queries."""
    own = dict(TierLead.objects.filter(tier__program_id=program_id).values_list("tier__key", "days"))
    tiers = list(Tier.objects.filter(program_id=program_id).order_by("position", "id"))
    days = {tier.key: own.get(tier.key, rules.usual_lead(place)) for place, tier in enumerate(tiers)}
    return Leads(days, {tier.key: tier.name for tier in tiers})


def prompts_of(program_id: UUID) -> QuerySet[Prompt]:
    """Return a program's prompts with offer and kit, by day."""
    rows = Prompt.objects.filter(program_id=program_id).select_related("program", "offer", "kit__offer", "day")
    return rows.order_by("on", "id")


def prompts_for(enrolment: Enrolment, now: datetime) -> list[Prompt]:
    """Return the prompts that a partner sees today, the nearest first; none that mentions an embargo which they have
    not accepted. Five queries at most."""
    today = local_day(now, enrolment.program.time_zone)
    leads = leads_of(enrolment.program_id).days
    tier, partner = enrolment.tier.key if enrolment.tier else "", enrolment.partner
    rows = _not_over(prompts_of(enrolment.program_id), today).filter(published_at__lte=now, withdrawn_at=None)
    found = [
        row
        for row in rows
        if rules.is_seen(row, today, leads, tier=tier, types=partner.types, language=partner.language)
    ]
    return _readable(found, enrolment, now)


def prompts_in_calendar(enrolment: Enrolment, now: datetime) -> list[Prompt]:
    """Return what stands in a partner's calendar: what they see, what is lately over, what was taken back since they
    could see it. Five queries at most."""
    today = local_day(now, enrolment.program.time_zone)
    leads = leads_of(enrolment.program_id).days
    tier, partner = enrolment.tier.key if enrolment.tier else "", enrolment.partner
    rows = _not_over(prompts_of(enrolment.program_id), today - timedelta(days=KEPT_DAYS)).filter(published_at__lte=now)
    found = []
    for row in rows:
        until = today if row.withdrawn_at is None else local_day(row.withdrawn_at, enrolment.program.time_zone)
        is_theirs = is_for(row, tier=tier, types=partner.types, language=partner.language)
        if is_theirs and rules.seen_from(row, tier, leads) <= until:
            found.append(row)
    return _readable(found, enrolment, now)


def words_of(prompt: Prompt) -> str:
    """Return everything that a prompt says."""
    return "\n".join((prompt.title, prompt.hook, prompt.why_now, prompt.how, prompt.sample))


def _readable(found: list[Prompt], enrolment: Enrolment, now: datetime) -> list[Prompt]:
    if enrolment.status not in OPEN_STATUSES:
        return []
    texts = {row.pk: words_of(row) for row in found}
    hidden = hidden_from(enrolment.program_id, texts, [enrolment.pk], now)
    return [row for row in found if (row.pk, enrolment.pk) not in hidden]


def seen_by_tier(prompt: Prompt, leads: Leads) -> list[SeenFrom]:
    """Return from when on each tier that a prompt is for sees it, the highest tier first."""
    return [
        SeenFrom(key, name, rules.lead_of(prompt, key, leads.days), rules.seen_from(prompt, key, leads.days))
        for key, name in leads.names.items()
        if not prompt.tiers or key in prompt.tiers
    ]


def days_without_prompt(program_id: UUID, today: date) -> list[UpcomingDay]:
    """Return the days that upper tiers were promised word of and that no prompt tells about yet, the next first."""
    rows = UpcomingDay.objects.filter(program_id=program_id, on__gt=today)
    told = Prompt.objects.filter(program_id=program_id, withdrawn_at=None, day__isnull=False).values("day_id")
    return list(rows.exclude(pk__in=told).order_by("on", "pk"))


def _not_over(rows: QuerySet[Prompt], since: date) -> QuerySet[Prompt]:
    return rows.filter(Q(on__gte=since) | Q(ends_on__gte=since) | Q(deadline_on__gte=since))
