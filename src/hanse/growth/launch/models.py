"""Tables of launch: what people wrote down for it, pilots and who takes part."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class Launch(models.Model):
    """What only people can say before a program opens, and that it was opened (with a reason where things lacked)."""

    class Metric(models.TextChoices):
        PARTNERS = "partners"
        SALES = "sales"
        VALUE = "value"

    program = models.OneToOneField("programs.Program", primary_key=True, on_delete=models.CASCADE, related_name="+")
    asset_pack = models.URLField(max_length=500, blank=True)
    playbook = models.TextField(blank=True)
    aim_metric = models.CharField(max_length=10, choices=Metric.choices, blank=True)
    aim_number = models.BigIntegerField(null=True)
    aim_on = models.DateField(null=True)
    changed_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    opened_by = models.CharField(max_length=200, blank=True)
    opened_without = models.JSONField(default=list)
    opened_why = models.CharField(max_length=500, blank=True)


class Pilot(models.Model):
    """A trial with at most `size` partners: half of them are to have a first sale within `aim_days`, until a day."""

    class Decision(models.TextChoices):
        SCALE = "scale"
        CHANGE = "change"
        STOP = "stop"

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    size = models.PositiveIntegerField()
    aim_days = models.PositiveIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    fills_itself = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    decision = models.CharField(max_length=10, choices=Decision.choices, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=200, blank=True)
    decision_why = models.CharField(max_length=1000, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "name"], name="pilot_once")]


class PilotPartner(models.Model):
    """Somebody who takes part in a pilot."""

    id = id_column()
    pilot = models.ForeignKey(Pilot, on_delete=models.CASCADE, related_name="partners")
    enrolment = models.ForeignKey("programs.Enrolment", on_delete=models.CASCADE, related_name="+")
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pilot", "enrolment"], name="pilot_partner_once")]
