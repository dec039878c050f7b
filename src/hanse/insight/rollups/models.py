"""Tables of rollups: pre-added numbers, disposable. Each can be rebuilt from the rows at any time."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import minor_column


class Counted(models.Model):
    """The numbers that every rollup has, by the day things occurred, in the program's local time."""

    clicks = models.BigIntegerField(default=0)
    invalid_clicks = models.BigIntegerField(default=0)
    conversions = models.BigIntegerField(default=0)
    click_conversions = models.BigIntegerField(default=0)
    new_customers = models.BigIntegerField(default=0)
    value_minor = minor_column(default=0)
    refunded_minor = minor_column(default=0)
    commission_minor = minor_column(default=0)

    class Meta:
        abstract = True


class EnrolmentDay(Counted):
    """One enrolment's numbers of one local day. The zero UUID stands for conversions that nobody was credited with."""

    program_id = models.UUIDField()
    enrolment_id = models.UUIDField()
    day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program_id", "enrolment_id", "day"], name="enrolment_day_once")]
        indexes = [
            models.Index(fields=["enrolment_id", "day"], name="enrolment_day_by_enrolment"),
            models.Index(fields=["program_id", "day"], name="enrolment_day_by_program"),
        ]


class EnrolmentMonth(Counted):
    """One enrolment's numbers of one month, which is named by its first day: long spans need not read every day."""

    program_id = models.UUIDField()
    enrolment_id = models.UUIDField()
    month = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["program_id", "month", "enrolment_id"], name="enrolment_month_once")
        ]


class ProgramDay(Counted):
    """All enrolments of a program on one day. What nobody was credited with is left out."""

    program_id = models.UUIDField()
    day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program_id", "day"], name="program_day_once")]
