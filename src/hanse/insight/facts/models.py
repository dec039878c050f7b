"""Tables of facts: what is true of each enrolment now. Found again every day, disposable."""

from __future__ import annotations

from django.db import models


class PartnerFact(models.Model):
    """One fact about one enrolment; `place` is where it stands among its own, 0 the best to tell."""

    program_id = models.UUIDField()
    enrolment_id = models.UUIDField()
    kind = models.CharField(max_length=40)
    period_from = models.DateField()
    period_to = models.DateField()
    n = models.IntegerField()
    numbers = models.JSONField(default=dict)
    rank_ppm = models.IntegerField(default=0)
    place = models.IntegerField(default=0)
    found_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrolment_id", "kind"], name="partner_fact_once")]
        indexes = [models.Index(fields=["program_id", "kind"], name="partner_fact_by_kind")]
