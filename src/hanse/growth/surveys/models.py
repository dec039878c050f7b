"""Tables of surveys: the question as it was asked over time, and the secret addresses of the log form."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class Survey(models.Model):
    """A program's page with one question: whether it takes answers now."""

    program = models.OneToOneField("programs.Program", primary_key=True, on_delete=models.PROTECT, related_name="+")
    is_open = models.BooleanField(default=False)
    changed_at = models.DateTimeField()


class SurveyQuestion(models.Model):
    """One immutable version of the question; the one with the highest number is asked."""

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    text = models.CharField(max_length=300)
    hint = models.CharField(max_length=300, blank=True)
    thanks = models.TextField(blank=True)
    asked_from = models.DateTimeField()
    asked_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "number"], name="survey_question_once")]


class LogDoor(models.Model):
    """A team's secret address of the log form. The secret is derived from the id; renewing makes a new row."""

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    team = models.CharField(max_length=80)
    source = models.CharField(max_length=20)
    secret = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200, blank=True)
    closed_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    times_used = models.PositiveIntegerField(default=0)
