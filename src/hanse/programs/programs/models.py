"""Tables of programs: standing arrangements with their goals and attribution policy."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import currency_column, id_column, minor_column


class Program(models.Model):
    """A standing arrangement: currency, time zone, hold, attribution policy, payout rules."""

    id = id_column()
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    currency = currency_column()
    time_zone = models.CharField(max_length=60, default="UTC")
    description = models.TextField(blank=True)
    website = models.URLField(max_length=300, blank=True)
    hold_days = models.PositiveIntegerField(default=30)
    fallback_url = models.URLField(max_length=500, blank=True)
    token_param = models.CharField(max_length=40, default="hz_click")
    minimum_payout_minor = minor_column(default=0)
    second_person_above_minor = minor_column(null=True)
    approval_ceiling_minor = minor_column(null=True)
    browser_conversions = models.BooleanField(default=False)
    consent_mode = models.BooleanField(default=False)
    applications_open = models.BooleanField(default=True)
    notice_days = models.PositiveIntegerField(default=0)
    is_demo = models.BooleanField(default=False)
    days_shifted = models.IntegerField(default=0)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)


class Goal(models.Model):
    """A named thing the program pays for. A recurring goal follows an earlier conversion of the same customer."""

    id = id_column()
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="goals")
    key = models.SlugField(max_length=40)
    name = models.CharField(max_length=80)
    is_recurring = models.BooleanField(default=False)
    position = models.IntegerField(default=0)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "key"], name="goal_once")]


class AttributionPolicy(models.Model):
    """One immutable version of how a program decides; the newest that has started is in force."""

    id = id_column()
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="policies")
    number = models.PositiveIntegerField()
    window_days = models.PositiveIntegerField(default=30)
    model = models.CharField(max_length=20, default="last")
    order = models.JSONField(default=list)
    self_referral = models.CharField(max_length=10, default="block")
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "number"], name="policy_number_once")]
