"""The list of partners with what each brought, as a queryset that sorts, filters and pages in the database."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import BigIntegerField, DateField, F, OuterRef, Q, QuerySet, Subquery, Sum, TextField
from django.db.models.functions import Cast, Coalesce, Greatest

from hanse.insight.overview.rules import ACTIVE_DAYS
from hanse.insight.overview.types import Span
from hanse.insight.rollups.models import EnrolmentDay, EnrolmentMark
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program

HAD = ("never_clicked", "no_sale", "active", "quiet")


def partner_list(program: Program, span: Span) -> QuerySet[Enrolment]:
    """Return a program's enrolments with `value_minor`, `commission_minor`, `sales` of a span, and `last_sign_on`."""
    mine = EnrolmentDay.objects.filter(enrolment_id=OuterRef("id"))
    days = mine.filter(day__range=(span.first, span.last)).values("enrolment_id")

    def total(expression: F | object) -> Coalesce:
        added = days.annotate(added=Sum(expression)).values("added")
        return Coalesce(Subquery(added, output_field=BigIntegerField()), 0)

    mark = EnrolmentMark.objects.filter(enrolment_id=OuterRef("id"))
    sign = Greatest(Coalesce("last_click", "last_sale"), Coalesce("last_sale", "last_click"))
    return (
        Enrolment.objects.filter(program=program, is_test=False)
        .exclude(status=Enrolment.Status.PENDING)
        .select_related("partner", "tier")
        .annotate(
            value_minor=total(F("value_minor") - F("refunded_minor")),
            commission_minor=total(F("commission_minor")),
            sales=total(F("conversions")),
            last_sign_on=Subquery(mark.values(sign=sign)[:1], output_field=DateField()),
            last_sale_on=Subquery(mark.values("last_sale")[:1], output_field=DateField()),
        )
    )


def narrowed(
    rows: QuerySet[Enrolment], *, search: str, status: str, kind: str, tier: str, tag: str, had: str, today: date
) -> QuerySet[Enrolment]:
    """Return only the enrolments that match every filter given; an empty filter lets all through."""
    for word in search.split():
        named = Q(partner__name__icontains=word) | Q(partner__contact_name__icontains=word)
        rows = rows.filter(named | Q(partner__company__icontains=word) | Q(partner__email__icontains=word))
    if status:
        rows = rows.filter(status=status)
    if tier:
        rows = rows.filter(tier__key=tier)
    for column, value in (("types", kind), ("tags", tag)):
        if value:  # a list of words in JSON: the quoted word stands in its text on both engines
            text = {f"{column}_text": Cast(f"partner__{column}", TextField())}
            rows = rows.annotate(**text).filter(**{f"{column}_text__contains": f'"{value}"'})
    return _had(rows, had, today)


def _had(rows: QuerySet[Enrolment], had: str, today: date) -> QuerySet[Enrolment]:
    open_ones = rows.filter(status=Enrolment.Status.ACTIVE)
    recently = today - timedelta(days=ACTIVE_DAYS - 1)
    if had == "never_clicked":
        return open_ones.filter(Q(last_sign_on=None))
    if had == "no_sale":
        return open_ones.filter(Q(last_sale_on=None) & ~Q(last_sign_on=None))
    if had == "active":
        return rows.filter(Q(last_sale_on__gte=recently))
    if had == "quiet":
        return open_ones.filter(Q(last_sale_on__lt=recently))
    return rows
