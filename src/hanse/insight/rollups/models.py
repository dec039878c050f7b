"""Tables of rollups: pre-added numbers, disposable."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import minor_column


class EnrolmentDay(models.Model):
    """One enrolment's numbers of one local day of its program, by the day things occurred.

    Rebuilt from the rows at any time. The zero UUID stands for conversions that nobody was credited with.
    """

    program_id = models.UUIDField()
    enrolment_id = models.UUIDField()
    day = models.DateField()
    clicks = models.BigIntegerField(default=0)
    invalid_clicks = models.BigIntegerField(default=0)
    conversions = models.BigIntegerField(default=0)
    click_conversions = models.BigIntegerField(default=0)
    new_customers = models.BigIntegerField(default=0)
    value_minor = minor_column(default=0)
    refunded_minor = minor_column(default=0)
    commission_minor = minor_column(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program_id", "enrolment_id", "day"], name="enrolment_day_once")]
        indexes = [
            models.Index(fields=["enrolment_id", "day"], name="enrolment_day_by_enrolment"),
            models.Index(fields=["program_id", "day"], name="enrolment_day_by_program"),
        ]
