"""Tables of terms: immutable, dated versions of what an enrolment earns."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class Terms(models.Model):
    """One version: a list of clauses from a moment on, for a program, one of its tiers or one enrolment."""

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="terms")
    tier = models.ForeignKey("programs.Tier", null=True, on_delete=models.PROTECT, related_name="terms")
    enrolment = models.ForeignKey(
        "programs.Enrolment", null=True, on_delete=models.PROTECT, related_name="negotiated_terms"
    )
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=120, blank=True)
    body = models.JSONField()
    body_hash = models.CharField(max_length=64)
    legal_text = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program", "number"],
                condition=models.Q(tier=None, enrolment=None),
                name="program_terms_number_once",
            ),
            models.UniqueConstraint(fields=["tier", "number"], name="tier_terms_number_once"),
            models.UniqueConstraint(fields=["enrolment", "number"], name="negotiated_terms_number_once"),
        ]
        indexes = [models.Index(fields=["program", "starts_at"], name="terms_by_start")]


class TermsDraft(models.Model):
    """A version that somebody is writing: the editor's fields as they stand, right or wrong. One for each scope."""

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.CASCADE, related_name="+")
    scope = models.CharField(max_length=60)
    fields = models.JSONField()
    saved_at = models.DateTimeField()
    saved_by = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "scope"], name="one_draft_each")]
