"""Tables of recognition: thanks and gifts, days worth a word, tips that partners share, who stands on the board."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class Thanks(models.Model):
    """A thank-you for something a partner did, perhaps with a gift: a benefit that is owed until it was sent."""

    class Kind(models.TextChoices):
        ADVICE = "advice"
        CONTENT = "content"
        HELP = "help"
        RECORD = "record"
        ANNIVERSARY = "anniversary"

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    enrolment = models.ForeignKey("programs.Enrolment", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    text = models.TextField()
    given_at = models.DateTimeField()
    given_by = models.CharField(max_length=200)
    gift = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["enrolment", "given_at"], name="thanks_by_enrolment")]


class Occasion(models.Model):
    """A day worth a word: a personal record or an anniversary, found by the daily look, once each."""

    class Kind(models.TextChoices):
        RECORD = "record"
        ANNIVERSARY = "anniversary"

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    enrolment = models.ForeignKey("programs.Enrolment", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    key = models.CharField(max_length=40)
    number = models.BigIntegerField()
    before = models.BigIntegerField(default=0)
    found_on = models.DateField()
    thanked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrolment", "kind", "key"], name="occasion_once")]
        indexes = [models.Index(fields=["program", "found_on"], name="occasion_by_day")]


class Tip(models.Model):
    """What a partner knows and shares with the others; nothing is shown before a colleague published it."""

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    enrolment = models.ForeignKey("programs.Enrolment", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=120)
    text = models.TextField()
    shown_name = models.CharField(max_length=80)
    offered_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    published_by = models.CharField(max_length=200, blank=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["program", "published_at"], name="tip_by_publishing")]


class Board(models.Model):
    """Whether a program shows a leaderboard, and over how many days. Without a row: none."""

    program = models.OneToOneField(
        "programs.Program", primary_key=True, on_delete=models.CASCADE, related_name="+"
    )  # fmt: skip
    is_on = models.BooleanField(default=False)
    window_days = models.PositiveIntegerField(default=90)
    places = models.PositiveIntegerField(default=10)


class BoardConsent(models.Model):
    """A partner who agreed to stand on the board, under the name they chose. Taken back: the row is gone."""

    enrolment = models.OneToOneField(
        "programs.Enrolment", primary_key=True, on_delete=models.CASCADE, related_name="+"
    )  # fmt: skip
    shown_name = models.CharField(max_length=80)
    agreed_at = models.DateTimeField()
