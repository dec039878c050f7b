"""Tables of enrolments: one partner in one program, and what was agreed."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class Enrolment(models.Model):
    """One partner in one program. Paused: links work, nothing new is credited; suspended: payouts held too."""

    class Status(models.TextChoices):
        PENDING = "pending"
        ACTIVE = "active"
        PAUSED = "paused"
        SUSPENDED = "suspended"
        ENDED = "ended"

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="enrolments")
    partner = models.ForeignKey("people.Partner", on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=Status.choices)
    tier = models.ForeignKey("programs.Tier", null=True, on_delete=models.PROTECT, related_name="+")
    is_test = models.BooleanField(default=False)
    enrolled_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "partner"], name="enrolled_once")]
        indexes = [models.Index(fields=["partner"], name="enrolment_by_partner")]


class StatusChange(models.Model):
    """A dated change of an enrolment's status: what was true at a touch can be told for ever."""

    id = id_column()
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="status_changes")
    status = models.CharField(max_length=10, choices=Enrolment.Status.choices)
    at = models.DateTimeField()
    reason = models.TextField(blank=True)
    actor = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["enrolment", "at"], name="status_change_by_time")]


class TierChange(models.Model):
    """A dated move to a tier: terms go by the tier at the conversion, not by today's."""

    id = id_column()
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="tier_changes")
    tier = models.ForeignKey("programs.Tier", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.TextField(blank=True)
    actor = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["enrolment", "at"], name="tier_change_by_time")]


class Agreement(models.Model):
    """An enrolment's acceptance of one version of terms: who, when, and the hash of what was read.

    `evidence` is what proves an acceptance that somebody recorded for the partner. `offered_by` and `offered_at` are
    the other side's signature, where both sides signed the same proposal.
    """

    id = id_column()
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="agreements")
    terms = models.ForeignKey("programs.Terms", on_delete=models.PROTECT, related_name="+")
    body_hash = models.CharField(max_length=64)
    accepted_by = models.CharField(max_length=200)
    accepted_at = models.DateTimeField()
    evidence = models.TextField(blank=True)
    offered_by = models.CharField(max_length=200, blank=True)
    offered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrolment", "terms"], name="agreed_once")]
