"""Tables of silence: who is silent now, why, since when, and what is at stake."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column, minor_column


class Silence(models.Model):
    """One silent enrolment now; the row goes when a sales signal comes back.

    `since` is the first day on which it counted as silent; `value_at_stake_minor` is a usual month of theirs.
    `evidence` holds what was looked at, by signal.
    """

    class Cause(models.TextChoices):
        NEVER_LAUNCHED = "never_launched"
        LINK_BROKEN = "link_broken"
        CLICKS_NO_SALES = "clicks_no_sales"
        CONTENT_STOPPED = "content_stopped"
        LINK_COLD = "link_cold"
        LOGIN_LAPSED = "login_lapsed"
        FADED = "faded"
        UNEXPLAINED = "unexplained"

    id = id_column()
    enrolment = models.OneToOneField("programs.Enrolment", on_delete=models.CASCADE, related_name="+")
    program = models.ForeignKey("programs.Program", on_delete=models.CASCADE, related_name="+")
    cause = models.CharField(max_length=20, choices=Cause.choices)
    since = models.DateField()
    last_sign_on = models.DateField(null=True)
    value_at_stake_minor = minor_column(default=0)
    evidence = models.JSONField(default=dict)
    found_on = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["program", "-value_at_stake_minor"], name="silence_by_value")]


class SilentSpell(models.Model):
    """One time of silence from the day it was found to the first sign after it; kept, so that alarms can be judged.

    `gap_days` is the partner's own usual gap then (of the signal that counted): a sign within one more of it means the
    alarm was false. Who is `is_left_alone` is not nudged, to know how many come back by themselves.
    """

    id = id_column()
    enrolment = models.ForeignKey("programs.Enrolment", on_delete=models.CASCADE, related_name="+")
    program = models.ForeignKey("programs.Program", on_delete=models.CASCADE, related_name="+")
    cause = models.CharField(max_length=20)
    found_on = models.DateField()
    gap_days = models.IntegerField()
    value_at_stake_minor = minor_column(default=0)
    is_left_alone = models.BooleanField(default=False)
    play = models.CharField(max_length=40, blank=True)
    acted_at = models.DateTimeField(null=True)
    acted_by = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True)
    seen_by_partner_at = models.DateTimeField(null=True)
    ended_on = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrolment", "found_on"], name="silent_spell_once")]
        indexes = [models.Index(fields=["program", "found_on"], name="silent_spell_by_day")]
