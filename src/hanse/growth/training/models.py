"""Tables of training: lessons with their versions, and how far each enrolment is."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class Lesson(models.Model):
    """A lesson of five minutes. `number` is its version that is read now; `tiers` and `types`: none means everybody.

    `is_basic` lessons belong to the start: whoever has done all that are meant for them has done the training.
    """

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    key = models.SlugField(max_length=40)
    number = models.PositiveIntegerField(default=1)
    position = models.PositiveSmallIntegerField(default=0)
    language = models.CharField(max_length=10, default="en")
    tiers = models.JSONField(default=list)
    types = models.JSONField(default=list)
    is_basic = models.BooleanField(default=False)
    published_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "key"], name="lesson_key_once")]


class LessonVersion(models.Model):
    """What a lesson says, one immutable version. `questions`: [{text, options, right, why}], `right` from 0."""

    id = id_column()
    lesson = models.ForeignKey(Lesson, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=120)
    summary = models.CharField(max_length=300, blank=True)
    text = models.TextField()
    minutes = models.PositiveSmallIntegerField(default=5)
    video_address = models.CharField(max_length=500, blank=True)
    questions = models.JSONField(default=list)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lesson", "number"], name="lesson_version_once")]


class LessonProgress(models.Model):
    """How far one enrolment is in one lesson. `done_on` is the local day; `way` is how it was done.

    `answers` are those of the last try, `right` how many of them were right.
    """

    class Way(models.TextChoices):
        QUESTIONS = "questions"
        LIVE = "live"
        OUTSIDE = "outside"

    id = id_column()
    lesson = models.ForeignKey(Lesson, on_delete=models.CASCADE, related_name="progress")
    enrolment = models.ForeignKey("programs.Enrolment", on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    begun_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
    answers = models.JSONField(default=list)
    right = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    done_on = models.DateField(null=True)
    way = models.CharField(max_length=10, choices=Way.choices, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lesson", "enrolment"], name="lesson_progress_once")]
        indexes = [models.Index(fields=["enrolment", "done_at"], name="lesson_done_by_enrolment")]
