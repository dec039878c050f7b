"""Tables of challenges: what is asked for in which window, and who reached it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from hanse.spine.columns import currency_column, id_column, minor_column


class Challenge(models.Model):
    """A goal with a deadline and a prize: a number of a metric within local days, or proof of something done.

    A draft has no `opened_at`; `cancelled_at` ends it early. `prize_minor` is money, or the estimated worth of `gift`.
    """

    class Metric(models.TextChoices):
        VALUE = "value"
        CONVERSIONS = "conversions"
        NEW_CUSTOMERS = "new_customers"
        CLICKS = "clicks"
        PROOF = "proof"

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    text = models.TextField(blank=True)
    metric = models.CharField(max_length=14, choices=Metric.choices)
    target = models.BigIntegerField(default=1)
    starts_on = models.DateField()
    ends_on = models.DateField()
    audience = models.JSONField(null=True)
    is_reviewed = models.BooleanField(default=False)
    most_winners = models.PositiveIntegerField(null=True)
    prize_minor = minor_column()
    gift = models.CharField(max_length=200, blank=True)
    currency = currency_column()
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    opened_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancel_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")) & Q(target__gte=1), name="challenge_can_be_reached"
            ),
            models.CheckConstraint(condition=Q(prize_minor__gte=0), name="challenge_prize_not_negative"),
        ]
        indexes = [models.Index(fields=["program", "ends_on"], name="challenge_by_end")]

    @property
    def is_money(self) -> bool:
        """Whether the prize is money; else it is something in kind."""
        return not self.gift


class ChallengeEntry(models.Model):
    """One partner's way through a challenge, from the moment they reached the goal or sent proof.

    `settles_at` is when a number that refunds can take back is looked at again, before anything is booked.
    """

    class State(models.TextChoices):
        REACHED = "reached"
        WAITING = "waiting"
        WON = "won"
        DECLINED = "declined"
        LAPSED = "lapsed"
        TAKEN_BACK = "taken_back"

    id = id_column()
    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="entries")
    enrolment = models.ForeignKey("programs.Enrolment", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices)
    amount = models.BigIntegerField(default=0)
    reached_on = models.DateField(null=True)
    settles_at = models.DateTimeField(null=True)
    proof_link = models.CharField(max_length=500, blank=True)
    proof_text = models.TextField(blank=True)
    proof_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=200, blank=True)
    reason = models.TextField(blank=True)
    prize_minor = minor_column(default=0)
    transaction_number = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["challenge", "enrolment"], name="challenge_entry_once")]
        indexes = [
            models.Index(fields=["enrolment", "created_at"], name="challenge_entry_by_partner"),
            models.Index(fields=["state", "settles_at"], name="challenge_entry_to_settle"),
        ]
