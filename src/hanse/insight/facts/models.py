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


class PeerNumbers(models.Model):
    """What the partners of one kind have and do, those who sell most beside the others. Found again every day.

    `top` and `rest` are sums over the first fifth by value of 90 days and over the others who are active.
    """

    program_id = models.UUIDField()
    kind = models.CharField(max_length=40, blank=True)
    top = models.JSONField(default=dict)
    rest = models.JSONField(default=dict)
    found_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program_id", "kind"], name="peer_numbers_once")]
