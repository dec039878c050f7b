"""Tables of care: the treatment of each tier, our promises to it, and each time that one of them fell due."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class TierTreatment(models.Model):
    """What a tier gets beside its terms. The contact is a colleague, or in words where it is no single one."""

    tier = models.OneToOneField("programs.Tier", primary_key=True, on_delete=models.CASCADE, related_name="+")
    contact = models.ForeignKey("people.TeamUser", null=True, on_delete=models.SET_NULL, related_name="+")
    contact_words = models.CharField(max_length=200, blank=True)
    benefits = models.TextField(blank=True)
    goals = models.TextField(blank=True)
    path = models.TextField(blank=True)
    resources = models.TextField(blank=True)
    message_style = models.TextField(blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=200, blank=True)


class TierPromise(models.Model):
    """One promise of ours to everybody in a tier. `number` is hours (answer) or days (call, briefing, own)."""

    class Kind(models.TextChoices):
        ANSWER = "answer"
        CALL = "call"
        BRIEFING = "briefing"
        OWN = "own"

    id = id_column()
    tier = models.ForeignKey("programs.Tier", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    words = models.CharField(max_length=200, blank=True)
    number = models.PositiveIntegerField()
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tier", "kind"], condition=models.Q(ended_at=None) & ~models.Q(kind="own"),
                name="tier_promise_once",
            )
        ]  # fmt: skip


class UpcomingDay(models.Model):
    """Something on a day that the upper tiers hear of early: a launch, a season, a sale."""

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=120)
    on = models.DateField()
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200, blank=True)


class PromiseDue(models.Model):
    """One time that one promise fell due for one enrolment; `key` says which, so that it is never doubled.

    Kept in time, kept late, or open. `evidence` is the kind and id of what kept it, or "" for a person's word.
    """

    id = id_column()
    promise = models.ForeignKey(TierPromise, on_delete=models.PROTECT, related_name="+")
    enrolment = models.ForeignKey("programs.Enrolment", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=120)
    about = models.CharField(max_length=200, blank=True)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    kept_at = models.DateTimeField(null=True)
    kept_by = models.CharField(max_length=200, blank=True)
    note = models.CharField(max_length=500, blank=True)
    evidence = models.CharField(max_length=80, blank=True)
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["promise", "enrolment", "key"], name="promise_due_once")]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(kept_at=None, dropped_at=None), name="promise_due_open"),
            models.Index(fields=["enrolment", "due_at"], name="promise_due_of_enrolment"),
        ]
