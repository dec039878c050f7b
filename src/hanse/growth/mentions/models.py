"""Tables of mentions: what people answered, whom they named, and the candidates that come of it."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class Answer(models.Model):
    """What one person said or wrote, whole. `digest` makes the same answer taken twice one answer.

    `note` is what whoever logged it wrote beside.
    """

    class Status(models.TextChoices):
        READ = "read"
        UNCLEAR = "unclear"
        NOBODY = "nobody"

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=32)
    source = models.CharField(max_length=20)
    question = models.CharField(max_length=300, blank=True)
    text = models.TextField()
    person = models.CharField(max_length=64, blank=True)
    place = models.CharField(max_length=500, blank=True)
    note = models.TextField(blank=True)
    status = models.CharField(max_length=10, choices=Status.choices)
    named_at = models.DateTimeField()
    taken_at = models.DateTimeField()
    logged_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "digest"], name="answer_once")]
        indexes = [models.Index(fields=["program", "status", "named_at"], name="answer_by_status")]


class Candidate(models.Model):
    """A possible partner found by mentions, before the pipeline. `partner` is set where it is one of ours."""

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=120)
    name = models.CharField(max_length=120)
    partner = models.ForeignKey("people.Partner", null=True, on_delete=models.SET_NULL, related_name="+")
    is_matched_by_hand = models.BooleanField(default=False)
    dismissed_at = models.DateTimeField(null=True)
    dismissed_why = models.CharField(max_length=300, blank=True)
    found_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "key"], name="candidate_once")]


class Spelling(models.Model):
    """One spelling's key and the candidate it belongs to; `is_decided` by a person, which later imports keep to."""

    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=120)
    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="spellings")
    is_decided = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "key"], name="spelling_once")]


class Mention(models.Model):
    """One person naming a possible partner: a name out of an answer."""

    id = id_column()
    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="mentions")
    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="mentions")
    key = models.CharField(max_length=120)
    name = models.CharField(max_length=120)
    person = models.CharField(max_length=64, blank=True)
    source = models.CharField(max_length=20)
    named_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["answer", "key"], name="named_once_an_answer")]
        indexes = [models.Index(fields=["candidate", "named_at"], name="mention_by_candidate")]
