"""Tables of questions and answers."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class FaqEntry(models.Model):
    """A question with its answer, for partners (some tiers, types and channels, none named: all) or the team only.

    `original`: it says the same in another language.
    """

    class Place(models.TextChoices):
        PARTNERS = "partners"
        TEAM = "team"

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=10, choices=Place.choices)
    topic = models.CharField(max_length=60)
    question = models.CharField(max_length=200)
    answer = models.TextField()
    language = models.CharField(max_length=10, blank=True)
    original = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="translations")
    tiers = models.JSONField(default=list)
    types = models.JSONField(default=list)
    channels = models.JSONField(default=list)
    is_pinned = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=200)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["program", "place", "topic"], name="faq_by_topic")]
        constraints = [
            models.UniqueConstraint(
                fields=["original", "language"], condition=models.Q(archived_at=None), name="faq_language_once"
            )
        ]


class FaqVote(models.Model):
    """Whether an answer helped a partner; the last word counts."""

    id = id_column()
    entry = models.ForeignKey(FaqEntry, on_delete=models.CASCADE, related_name="votes")
    enrolment = models.ForeignKey("programs.Enrolment", on_delete=models.CASCADE, related_name="+")
    has_helped = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "enrolment"], name="faq_vote_once")]
