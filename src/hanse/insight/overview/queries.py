"""Reads of Overview, from the daily rollups. Only credited numbers count: what nobody is credited with is left out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum

from hanse.insight.overview import rules
from hanse.insight.overview.reading import brought_by_enrolment, id_of, joined
from hanse.insight.overview.types import Brought, Figures, Joined, Overview, Span, TierFigures
from hanse.insight.rollups.models import EnrolmentDay, EnrolmentMark, EnrolmentMonth, ProgramDay
from hanse.kernel.clock import add_months, first_day_of
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program

NOBODY = UUID(int=0)
MOVERS = 8
WEEKS = 12
FUNNEL_DAYS = 365
_SUMS = {
    "value_minor": Sum(F("value_minor") - F("refunded_minor")),
    "refunded_minor": Sum("refunded_minor"),
    "commission_minor": Sum("commission_minor"),
    "sales": Sum("conversions"),
    "click_sales": Sum("click_conversions"),
    "clicks": Sum("clicks"),
    "new_customers": Sum("new_customers"),
}
_NAMED_SUMS = {f"sum_{name}": total for name, total in _SUMS.items()}  # in the order of Figures


def overview(program: Program, span: Span, today: date) -> Overview:
    """Return every figure of the Overview page for a span of local days. Costs a fixed number of queries."""
    every = brought_by_enrolment(program.id, span)
    everybody = joined(program.id, program.time_zone, today - timedelta(days=FUNNEL_DAYS - 1), today)
    year = rules.cohort_of(everybody, today)
    activated, cohort = rules.activation(year)
    concentration = rules.concentration({key: value for key, value, _before, _commission in every})
    largest = concentration.largest_id and id_of(concentration.largest_id)
    movers = rules.movers(((key, value, before) for key, value, before, _commission in every), MOVERS)
    return Overview(
        span=span,
        now=figures(program.id, span),
        before=figures(program.id, span.before()),
        partners=sum(is_open for _key, _tier, is_open, *_days in everybody),
        active=active_count(program.id, span.last),
        active_before=active_count(program.id, span.before().last),
        activation=activated,
        activation_cohort=cohort,
        days_to_first_sale=rules.days_to_first_sale(year),
        first_sale_cohort=year.joined,
        concentration=replace(concentration, largest_id=largest),
        tiers=_tiers(everybody, every),
        movers=[replace(mover, enrolment_id=id_of(mover.enrolment_id)) for mover in movers],
        funnel=rules.funnel(year),
    )


def _tiers(everybody: Sequence[Joined], every: Sequence[Brought]) -> list[TierFigures]:
    earned = {key: (value, commission) for key, value, _before, commission in every if value or commission}
    return [
        TierFigures(id_of(key) if key else None, partners, total)
        for key, partners, total in rules.by_tier(everybody, earned)
    ]


def figures(program_id: UUID, span: Span) -> Figures:
    """Return a program's credited figures of a span."""
    sums = ProgramDay.objects.filter(program_id=program_id, day__range=(span.first, span.last)).aggregate(**_SUMS)
    return Figures(**{name: total or 0 for name, total in sums.items()})


def figures_by_enrolment(
    program_id: UUID, span: Span, enrolment_ids: Collection[UUID] | None = None
) -> dict[UUID, Figures]:
    """Return each enrolment's figures of a span; those without any are missing. Whole months are read as such."""
    found: dict[UUID, Figures] = {}
    for part in _parts(program_id, span):
        mine = part if enrolment_ids is None else part.filter(enrolment_id__in=enrolment_ids)
        rows = mine.order_by().values("enrolment_id").annotate(**_NAMED_SUMS)
        for key, *sums in rows.values_list("enrolment_id", *_NAMED_SUMS):
            figures = Figures(*sums)
            found[key] = rules.add(found[key], figures) if key in found else figures
    return found


def figures_by_day(program_id: UUID, span: Span, enrolment_id: UUID | None = None) -> list[Figures]:
    """Return the figures of every day of a span, of the program or of one enrolment; days without any are zero."""
    days: QuerySet[EnrolmentDay] | QuerySet[ProgramDay] = ProgramDay.objects.filter(
        program_id=program_id, day__range=(span.first, span.last)
    )
    if enrolment_id is not None:
        days = _days(program_id, span).filter(enrolment_id=enrolment_id)
    rows = days.values("day").annotate(**_NAMED_SUMS).values_list("day", *_NAMED_SUMS)
    by_day = {day: Figures(*(total or 0 for total in sums)) for day, *sums in rows}
    return [by_day.get(day, Figures()) for day in span.each()]


def weekly_values(program_id: UUID, enrolment_ids: Sequence[UUID], until: date) -> dict[UUID, list[int]]:
    """Return the value of the last twelve weeks up to a day for each enrolment, oldest first, for sparklines."""
    first = until - timedelta(days=7 * WEEKS - 1)
    begins = [first + timedelta(days=7 * place) for place in range(WEEKS)]
    sums = {
        f"week_{place}": Sum(
            F("value_minor") - F("refunded_minor"), filter=Q(day__range=(day, day + timedelta(days=6)))
        )
        for place, day in enumerate(begins)
    }
    rows = _days(program_id, Span(first, until)).filter(enrolment_id__in=enrolment_ids).order_by()
    found = rows.values("enrolment_id").annotate(**sums).values_list("enrolment_id", *sums)
    weeks = {key: [value or 0 for value in values] for key, *values in found}
    return {key: weeks.get(key, [0] * WEEKS) for key in enrolment_ids}


def active_count(program_id: UUID, on: date) -> int:
    """Return how many enrolments had a sale in the 90 days up to a day, test ones left out.

    The last sale answers for most; only those who have sold since are looked up. One query.
    """
    since = on - timedelta(days=rules.ACTIVE_DAYS - 1)
    sale = EnrolmentDay.objects.filter(enrolment_id=OuterRef("enrolment_id"), day__range=(since, on), conversions__gt=0)
    sold = (
        Q(last_sale__range=(since, on))
        | Q(first_sale__range=(since, on))
        | Q(last_sale__gt=on, first_sale__lt=since) & Exists(sale)
    )
    tests = Enrolment.objects.filter(program_id=program_id, is_test=True).values("id")
    marks = EnrolmentMark.objects.filter(program_id=program_id, last_sale__gte=since).exclude(enrolment_id__in=tests)
    return marks.filter(sold).count()


def enrolled_count(program_id: UUID) -> int:
    """Return how many enrolments a program has that are neither applicants, tests nor ended."""
    gone = (Enrolment.Status.ENDED, Enrolment.Status.PENDING)
    return Enrolment.objects.filter(program_id=program_id, is_test=False).exclude(status__in=gone).count()


def _credited(program_id: UUID) -> QuerySet[EnrolmentDay]:
    return EnrolmentDay.objects.filter(program_id=program_id).exclude(enrolment_id=NOBODY)


def _parts(program_id: UUID, span: Span) -> list[QuerySet[EnrolmentMonth] | QuerySet[EnrolmentDay]]:
    """Take a span apart into its whole months and the days before and after them."""
    first = first_day_of(span.first, "month")
    first = first if first == span.first else add_months(first, 1)
    until = first_day_of(span.last + timedelta(days=1), "month")  # the first day behind the last whole month
    if first >= until:
        return [_days(program_id, span)]
    months = EnrolmentMonth.objects.filter(program_id=program_id, month__gte=first, month__lt=until)
    edges = (Span(span.first, first - timedelta(days=1)), Span(until, span.last))
    return [
        months.exclude(enrolment_id=NOBODY), *(_days(program_id, edge) for edge in edges if edge.first <= edge.last)
    ]  # fmt: skip


def _days(program_id: UUID, span: Span) -> QuerySet[EnrolmentDay]:
    return _credited(program_id).filter(day__range=(span.first, span.last))
