"""Triggers: who begins a sequence between two moments, now or in the past."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count

from hanse.growth.sequences.happenings import Asked, happened, kept_credits, moves
from hanse.growth.sequences.types import Happened, Trigger
from hanse.growth.silence.models import SilentSpell
from hanse.insight.facts.models import PartnerFact
from hanse.kernel.clock import add_months, day_starts_at, local_day
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program


def occurrences(program_id: UUID, trigger: Trigger, since: datetime, until: datetime) -> list[Happened]:
    """Return who a trigger names from `since` (inclusive) until `until`, in order of time.

    Everything is read from dated rows, so the past answers like the present; only facts are known as they are now.
    Test enrolments never begin a sequence.
    """
    asked = Asked(program_id, since, until)
    found = list(_named(trigger, asked))
    tests = set(Enrolment.objects.filter(program_id=program_id, is_test=True).values_list("id", flat=True))
    return sorted(one for one in found if one.enrolment_id not in tests)


def _named(trigger: Trigger, asked: Asked) -> Iterator[Happened]:
    if trigger.kind == "sales":
        yield from _counted_sales(trigger.count, asked)
    elif trigger.kind in ("tier_up", "tier_down"):
        yield from moves(asked, trigger.name, is_up=trigger.kind == "tier_up")
    elif trigger.kind == "silent":
        yield from _silent(trigger.name, asked)
    elif trigger.kind == "fact":
        yield from _facts(trigger.name, asked)
    elif trigger.kind == "enrolled_for":
        wait = timedelta(days=trigger.days)
        for one in happened("enrolled", replace(asked, since=asked.since - wait, until=asked.until - wait)):
            yield replace(one, at=one.at + wait, mark=f"enrolled_for:{trigger.days}")
    elif trigger.kind == "anniversary":
        yield from _anniversaries(asked)
    elif trigger.kind == "season":
        yield from _season(trigger, asked)
    else:
        yield from happened(trigger.kind, asked)


def _counted_sales(count: int, asked: Asked) -> Iterator[Happened]:
    """Tell the n-th sale of an enrolment: those before the time are counted once, then one by one."""
    sales = happened("sale", asked)
    people = {one.enrolment_id for one in sales}
    before = kept_credits(asked).filter(occurred_at__lt=asked.since)
    if len(people) <= 500:
        before = before.filter(enrolment__in=people)
    so_far = Counter(dict(before.values_list("enrolment_id").annotate(n=Count("id"))))
    for one in sales:
        so_far[one.enrolment_id] += 1
        if so_far[one.enrolment_id] == count:
            yield replace(one, mark=f"sales:{count}")


def _zone(asked: Asked) -> str:
    return Program.objects.values_list("time_zone", flat=True).get(pk=asked.program_id)


def _silent(cause: str, asked: Asked) -> Iterator[Happened]:
    zone = _zone(asked)
    rows = SilentSpell.objects.filter(
        program_id=asked.program_id, found_on__gte=local_day(asked.since, zone) - timedelta(days=1),
        found_on__lte=local_day(asked.until, zone),
    )  # fmt: skip
    if cause:
        rows = rows.filter(cause=cause)
    for who, day, is_left_alone in rows.values_list("enrolment_id", "found_on", "is_left_alone"):
        at = day_starts_at(day, zone)
        if asked.since <= at < asked.until:
            yield Happened(at, who, f"silent:{day}", is_left_alone)


def _facts(kind: str, asked: Asked) -> Iterator[Happened]:
    """Tell facts that hold now; the same fact of the same period begins a sequence once, in a month."""
    zone = _zone(asked)
    rows = PartnerFact.objects.filter(program_id=asked.program_id, found_on__gte=local_day(asked.since, zone))
    if kind:
        rows = rows.filter(kind=kind)
    for who, name, day in rows.values_list("enrolment_id", "kind", "found_on"):
        at = max(asked.since, day_starts_at(day, zone))
        if at < asked.until:
            yield Happened(at, who, f"fact:{name}:{day:%Y-%m}")


def _anniversaries(asked: Asked) -> Iterator[Happened]:
    zone = _zone(asked)
    first, last = local_day(asked.since, zone), local_day(asked.until, zone)
    rows = Enrolment.objects.filter(program_id=asked.program_id, enrolled_at__lt=asked.until)
    for who, began in rows.values_list("id", "enrolled_at"):
        begun = local_day(began, zone)
        for years in range(max(1, first.year - begun.year), last.year - begun.year + 1):
            at = day_starts_at(add_months(begun, 12 * years), zone)
            if asked.since <= at < asked.until:
                yield Happened(at, who, f"anniversary:{years}")


def _season(trigger: Trigger, asked: Asked) -> Iterator[Happened]:
    zone = _zone(asked)
    for year in range(asked.since.year, asked.until.year + 1):
        day = add_months(date(2000, 1, trigger.day), 12 * (year - 2000) + trigger.month - 1)
        at = day_starts_at(day, zone)
        if asked.since <= at < asked.until:
            rows = Enrolment.objects.filter(program_id=asked.program_id, enrolled_at__lte=at)
            for who in rows.exclude(ended_at__lt=at).values_list("id", flat=True):
                yield Happened(at, who, f"season:{year}")
