"""Tables of holds: cases that keep a commission or an enrolment's payouts until a person decides."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class Case(models.Model):
    """Gathered reasons for a person to decide; holds its commission while open."""

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    enrolment = models.ForeignKey("programs.Enrolment", on_delete=models.PROTECT, related_name="+")
    commission = models.ForeignKey("money.Commission", null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=40)
    detail = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=20, blank=True)
    decided_by = models.CharField(max_length=200, blank=True)
    decision_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["commission", "reason"], condition=models.Q(decided_at=None), name="case_open_once"
            )
        ]
        indexes = [models.Index(fields=["opened_at"], condition=models.Q(decided_at=None), name="case_open")]
