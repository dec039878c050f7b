"""Tables of onboarding: versions of the paths, each enrolment's way along its own, steps by hand, owners' tasks."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class OnboardingVersion(models.Model):
    """One immutable version of a program's onboarding paths; the newest counts for whoever joins from then on."""

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    body = models.JSONField()
    note = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "number"], name="onboarding_number_once")]


class Onboarding(models.Model):
    """One enrolment's way: its path, and the local day of each first. `version` empty: the path that is shipped.

    `left_on` is the day on which the enrolment ended; `next_step` is the key of the partner's next step, "" for none.
    """

    enrolment = models.OneToOneField(
        "programs.Enrolment", primary_key=True, on_delete=models.CASCADE, related_name="+"
    )  # fmt: skip
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(OnboardingVersion, null=True, on_delete=models.PROTECT, related_name="+")
    path_key = models.SlugField(max_length=40)
    joined_on = models.DateField()
    terms_on = models.DateField(null=True)
    link_on = models.DateField(null=True)
    copied_on = models.DateField(null=True)
    click_on = models.DateField(null=True)
    piece_on = models.DateField(null=True)
    sale_on = models.DateField(null=True)
    details_on = models.DateField(null=True)
    payout_on = models.DateField(null=True)
    left_on = models.DateField(null=True)
    next_step = models.CharField(max_length=40, blank=True)
    next_since = models.DateField()
    completed_on = models.DateField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["program", "joined_on"], name="onboarding_by_joining"),
            models.Index(fields=["program", "next_step", "next_since"], name="onboarding_by_next_step"),
        ]


class HandStep(models.Model):
    """A step that a person marked as done; `address` is what proves it, such as a piece."""

    id = id_column()
    onboarding = models.ForeignKey(Onboarding, on_delete=models.CASCADE, related_name="hand_steps")
    key = models.SlugField(max_length=40)
    done_on = models.DateField()
    done_at = models.DateTimeField()
    by = models.CharField(max_length=200)
    note = models.CharField(max_length=500, blank=True)
    address = models.URLField(max_length=500, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["onboarding", "key"], name="hand_step_once")]


class OwnerTask(models.Model):
    """What one of us does for a partner on the way: a call, a training; due on a day, once a step."""

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    onboarding = models.ForeignKey(Onboarding, on_delete=models.CASCADE, related_name="tasks")
    key = models.SlugField(max_length=40)
    title = models.CharField(max_length=120)
    owner = models.ForeignKey("people.TeamUser", null=True, on_delete=models.SET_NULL, related_name="+")
    due_on = models.DateField()
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.CharField(max_length=200, blank=True)
    note = models.CharField(max_length=500, blank=True)
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["onboarding", "key"], name="owner_task_once")]
        indexes = [
            models.Index(
                fields=["program", "due_on"],
                condition=models.Q(done_at=None, dropped_at=None),
                name="owner_task_open",
            )
        ]
