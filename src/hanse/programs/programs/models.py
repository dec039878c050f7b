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
    token_form = models.CharField(max_length=4, default="text")
    minimum_payout_minor = minor_column(default=0)
    second_person_above_minor = minor_column(null=True)
    approval_ceiling_minor = minor_column(null=True)
    browser_conversions = models.BooleanField(default=False)
    consent_mode = models.BooleanField(default=False)
    bare_click_ids = models.BooleanField(default=False)
    allowed_countries = models.JSONField(default=list)
    blocked_countries = models.JSONField(default=list)
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


def own_signals() -> list[str]:
    """Return what tells a partner's own purchase unless a program says otherwise."""
    return ["email", "account", "device"]


class AttributionPolicy(models.Model):
    """One immutable version of how a program decides; the newest that has started is in force.

    `windows` gives single kinds of evidence their own days (null: none). `lifetime`: the customer's owner earns from
    goals that do not recur, too. `own_signals` name what tells an own purchase; `introducer_ppm` is the part of the
    partner who brought the buyer first where another one closes (0: none);
    `protection_days` how long an approved deal is protected.
    """

    id = id_column()
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="policies")
    number = models.PositiveIntegerField()
    window_days = models.PositiveIntegerField(default=30)
    model = models.CharField(max_length=20, default="last")
    order = models.JSONField(default=list)
    self_referral = models.CharField(max_length=10, default="block")
    half_life_days = models.PositiveIntegerField(default=7)
    windows = models.JSONField(default=dict)
    lifetime = models.BooleanField(default=False)
    new_customers_only = models.BooleanField(default=False)
    own_signals = models.JSONField(default=own_signals)
    stand_down_minutes = models.PositiveIntegerField(default=30)
    takeover_seconds = models.PositiveIntegerField(default=5)
    introducer_ppm = models.PositiveIntegerField(default=0)
    protection_days = models.PositiveIntegerField(default=90)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "number"], name="policy_number_once")]
