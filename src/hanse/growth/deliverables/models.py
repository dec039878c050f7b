"""Tables of deliverables: what was agreed, its drafts, and what was said about them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from hanse.spine.columns import currency_column, id_column, minor_column


class Deliverable(models.Model):
    """A piece or act that a partner agreed to, with a brief and a date.

    `state_at` is when the state began, `unanswered_at` when the partner said something that we have not answered yet,
    `reason` what was said when it was declined, cancelled or taken back. What acceptance owes stands in the money wing.
    """

    class State(models.TextChoices):
        ASKED = "asked"
        AGREED = "agreed"
        REVIEW = "review"
        CHANGES = "changes"
        ACCEPTED = "accepted"
        LIVE = "live"
        DECLINED = "declined"
        CANCELLED = "cancelled"

    class Sort(models.TextChoices):
        CONTENT = "content"
        NEWSLETTER_SLOT = "newsletter_slot"
        INTEGRATION = "integration"
        OTHER = "other"

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+", db_index=False)
    enrolment = models.ForeignKey("programs.Enrolment", on_delete=models.PROTECT, related_name="+", db_index=False)
    title = models.CharField(max_length=120)
    sort = models.CharField(max_length=16, choices=Sort.choices, default=Sort.CONTENT)
    brief = models.TextField()
    channel = models.CharField(max_length=80, blank=True)
    due_on = models.DateField()
    live_on = models.DateField(null=True)
    answer_days = models.PositiveSmallIntegerField(default=3)
    fee_minor = minor_column(default=0)
    currency = currency_column()
    usage = models.TextField(blank=True)
    usage_where = models.CharField(max_length=200, blank=True)
    usage_until = models.DateField(null=True)
    disclosure = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    state_at = models.DateTimeField()
    unanswered_at = models.DateTimeField(null=True)
    draft_number = models.PositiveIntegerField(default=0)
    live_address = models.CharField(max_length=500, blank=True)
    reason = models.TextField(blank=True)
    reminded = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(fee_minor__gte=0), name="deliverable_fee_not_negative")]
        indexes = [
            models.Index(fields=["program", "state", "due_on"], name="deliverable_by_state"),
            models.Index(fields=["enrolment", "due_on"], name="deliverable_by_partner"),
        ]


class DeliverableDraft(models.Model):
    """One version of a deliverable's work, as a text, a link, a file, or several of these. Never changed."""

    id = id_column()
    deliverable = models.ForeignKey(Deliverable, on_delete=models.PROTECT, related_name="drafts")
    number = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    link = models.CharField(max_length=500, blank=True)
    file = models.ForeignKey("growth.StoredFile", null=True, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=8)
    sent_at = models.DateTimeField()
    sent_by = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["deliverable", "number"], name="draft_once")]


class DeliverableComment(models.Model):
    """What either side said about a deliverable; the other side reads it. `draft_number` is the draft it came after.

    `what` tells words that came with a decision from those that stand alone.
    """

    id = id_column()
    deliverable = models.ForeignKey(Deliverable, on_delete=models.PROTECT, related_name="comments")
    side = models.CharField(max_length=8)
    what = models.CharField(max_length=12, blank=True)
    draft_number = models.PositiveIntegerField(default=0)
    text = models.TextField()
    at = models.DateTimeField()
    by = models.CharField(max_length=200)

    class Meta:
        indexes = [models.Index(fields=["deliverable", "at"], name="deliverable_comment_by_time")]
