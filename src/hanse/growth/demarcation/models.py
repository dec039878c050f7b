"""Tables of demarcation: versions of the page of types, rules between types, and what they suggested."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from hanse.spine.columns import id_column


class TypesPage(models.Model):
    """One version of the public page of partner types, never changed once it is published; the one draft has no number.

    `body`: `{"intro", "types": [{"slug", "name", "is", "owes", "gets", "excludes"}]}`.
    """

    id = id_column()
    number = models.PositiveIntegerField(null=True, unique=True)
    is_draft = models.BooleanField(default=True)
    body = models.JSONField()
    body_hash = models.CharField(max_length=64)
    note = models.CharField(max_length=500, blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=200)
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["is_draft"], condition=Q(is_draft=True), name="types_page_one_draft"),
            models.CheckConstraint(
                condition=Q(is_draft=True, number=None, published_at=None)
                | Q(is_draft=False, number__isnull=False, published_at__isnull=False),
                name="types_page_draft_or_published",
            ),
        ]


class TypeRule(models.Model):
    """When a partner should become another type: adds a type, takes one off, or both, where the condition holds."""

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    adds = models.CharField(max_length=40, blank=True)
    drops = models.CharField(max_length=40, blank=True)
    condition = models.JSONField()
    is_on = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    changed_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["program", "name"], name="type_rule_by_name")]
        constraints = [models.CheckConstraint(condition=~Q(adds="", drops=""), name="type_rule_changes_something")]


class TypeSuggestion(models.Model):
    """A change of type that a rule suggests for a partner, with the numbers it saw, and what a person said to it.

    `lapsed`: the condition no longer held before anybody answered.
    """

    class State(models.TextChoices):
        OPEN = "open"
        ACCEPTED = "accepted"
        DECLINED = "declined"
        LAPSED = "lapsed"

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    rule = models.ForeignKey(TypeRule, on_delete=models.PROTECT, related_name="+")
    enrolment = models.ForeignKey("programs.Enrolment", on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey("people.Partner", on_delete=models.PROTECT, related_name="+")
    adds = models.CharField(max_length=40, blank=True)
    drops = models.CharField(max_length=40, blank=True)
    evidence = models.JSONField()
    state = models.CharField(max_length=10, choices=State.choices)
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=200, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "adds", "drops"], condition=Q(state="open"), name="type_suggested_once"
            )
        ]
        indexes = [
            models.Index(fields=["program", "state", "found_at"], name="type_suggestion_by_state"),
            models.Index(fields=["partner", "found_at"], name="type_suggestion_by_partner"),
        ]
