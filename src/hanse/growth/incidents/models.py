"""Tables of incidents: a period with a fault, and what it did to each partner."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column, minor_column


class Incident(models.Model):
    """A fault on our side in [`starts_at`, `ends_at`). Noted, told to those it touched, mended, told again.

    `rate_ppm` is the right rate where a wrong one was booked, `offer` the only offer that was hit (null: all).
    What watch finds has a `fault_key` and goes on (`ends_at` null) until it is mended or heals; `about` tells what it
    concerns and `evidence` the numbers that show it; one is open for each fault. `mending_at` is when a person began to
    mend it: what hangs on it is looked at again, and only then it closes, `closed_as` mended, healed or no_fault.
    """

    class Kind(models.TextChoices):
        TRACKING_DOWN = "tracking_down"
        WRONG_RATE = "wrong_rate"
        TOKEN_LOST = "token_lost"  # noqa: S105  # a kind of fault, no secret
        LINK_BROKEN = "link_broken"
        LINK_SALES_STOPPED = "link_sales_stopped"

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    title = models.CharField(max_length=120)
    cause = models.TextField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    fault_key = models.CharField(max_length=300, blank=True, default="")
    about = models.JSONField(default=dict)
    evidence = models.JSONField(default=dict)
    rate_ppm = models.PositiveIntegerField(null=True)
    offer = models.ForeignKey("programs.Offer", null=True, on_delete=models.PROTECT, related_name="+")
    notice = models.ForeignKey("growth.MessageVersion", null=True, on_delete=models.PROTECT, related_name="+")
    follow_up = models.ForeignKey("growth.MessageVersion", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    measured_at = models.DateTimeField(null=True)
    mending_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    mended_at = models.DateTimeField(null=True)
    mended_how = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_as = models.CharField(max_length=10, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program", "fault_key"], condition=models.Q(closed_at=None) & ~models.Q(fault_key=""),
                name="fault_open_once",
            )
        ]  # fmt: skip
        indexes = [models.Index(fields=["program", "starts_at"], name="incident_by_start")]


class Touched(models.Model):
    """What an incident did to one partner: expected from her own past, or exact where a rate was wrong."""

    id = models.BigAutoField(primary_key=True)
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="touched")
    enrolment = models.ForeignKey("programs.Enrolment", on_delete=models.PROTECT, related_name="+")
    clicks = models.IntegerField(default=0)
    orders = models.IntegerField(default=0)
    value_minor = minor_column(default=0)
    commission_minor = minor_column(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "enrolment"], name="touched_once")]
