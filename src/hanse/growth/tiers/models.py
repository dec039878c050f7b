"""Tables of tiers: versions of a program's rules, where everybody stands, what was decided, locked or waits."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column, minor_column


class TierRuleVersion(models.Model):
    """Rules as JSON from a local day on; a version is never changed. Of one day, the one with the highest number."""

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    body = models.JSONField()
    starts_on = models.DateField()
    note = models.TextField(blank=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "number"], name="tier_rules_number_once")]


class TierSweep(models.Model):
    """One evaluation of a program's field on a local day: who it found where. A second one that day replaces it."""

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    as_of = models.DateTimeField()
    rules = models.ForeignKey(TierRuleVersion, null=True, on_delete=models.PROTECT, related_name="+")
    field_size = models.PositiveIntegerField()
    sizes = models.JSONField(default=dict)
    rose = models.PositiveIntegerField(default=0)
    fell = models.PositiveIntegerField(default=0)
    waits = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "on"], name="tier_sweep_once_a_day")]


class TierStanding(models.Model):
    """Where one enrolment stands since its last evaluation, with the numbers; `before_…` is what that began from.

    `given` is the tier without any patience; `needed` what is missing for the next tier, as said to the partner.
    """

    enrolment = models.OneToOneField("programs.Enrolment", primary_key=True, on_delete=models.CASCADE, related_name="+")
    program_id = models.UUIDField()
    on = models.DateField()
    as_of = models.DateTimeField()
    rules = models.ForeignKey(TierRuleVersion, null=True, on_delete=models.PROTECT, related_name="+")
    tier = models.CharField(max_length=40)
    since = models.DateTimeField(null=True)
    given = models.CharField(max_length=40)
    rank = models.PositiveIntegerField()
    field_size = models.PositiveIntegerField()
    value_minor = minor_column(default=0)
    conversions = models.PositiveIntegerField(default=0)
    below_exit = models.PositiveIntegerField(default=0)
    is_strategic = models.BooleanField(default=False)
    is_locked = models.BooleanField(default=False)
    numbers = models.JSONField(default=dict)
    needed = models.JSONField(default=dict)
    before_tier = models.CharField(max_length=40, blank=True)
    before_since = models.DateTimeField(null=True)
    before_below_exit = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["program_id", "rank"], name="tier_standing_by_rank")]


class TierDecision(models.Model):
    """One decision about one enrolment, with the numbers it was made on and the sentence for the partner.

    An evaluation is kept here when it placed, moved, warned, cleared a warning or put a move before a person; a
    person's own decision always. Of evaluations there is one a day: a second run replaces it.
    """

    class Kind(models.TextChoices):
        PLACED = "placed"
        UP = "up"
        DOWN = "down"
        LEFT_NEW = "left_new"
        WARNED = "warned"
        CLEARED = "cleared"
        WAITS = "waits"
        MOVED = "moved"
        LOCKED = "locked"
        UNLOCKED = "unlocked"
        KEPT = "kept"

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    enrolment = models.ForeignKey("programs.Enrolment", on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    before = models.CharField(max_length=40, blank=True)
    after = models.CharField(max_length=40)
    given = models.CharField(max_length=40, blank=True)
    rules = models.ForeignKey(TierRuleVersion, null=True, on_delete=models.PROTECT, related_name="+")
    numbers = models.JSONField(default=dict)
    sentence = models.TextField(blank=True)
    language = models.CharField(max_length=10, blank=True)
    reason = models.TextField(blank=True)
    actor = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "on"], condition=models.Q(actor=""), name="tier_evaluation_once_a_day"
            )
        ]
        indexes = [
            models.Index(fields=["program", "at"], name="tier_decision_by_time"),
            models.Index(fields=["enrolment", "at"], name="tier_decision_of_enrolment"),
        ]


class TierLock(models.Model):
    """A person keeps an enrolment in its tier, with a reason; `until` None: until somebody lets go."""

    id = id_column()
    enrolment = models.ForeignKey("programs.Enrolment", on_delete=models.PROTECT, related_name="+")
    tier = models.ForeignKey("programs.Tier", on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    locked_at = models.DateTimeField()
    locked_by = models.CharField(max_length=200)
    until = models.DateField(null=True)
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=200, blank=True)
    release_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment"], condition=models.Q(released_at=None), name="tier_locked_once")
        ]


class TierReview(models.Model):
    """A move that the numbers give and that waits for a person: by the rules, or because a case is open.

    `verdict` "kept" leaves them where they are and is not asked again before `asks_again_on`; "withdrawn" means that
    the numbers do not give the move any more.
    """

    class Verdict(models.TextChoices):
        OPEN = ""
        MOVED = "moved"
        KEPT = "kept"
        WITHDRAWN = "withdrawn"

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    enrolment = models.ForeignKey("programs.Enrolment", on_delete=models.PROTECT, related_name="+")
    before = models.CharField(max_length=40)
    after = models.CharField(max_length=40)
    direction = models.CharField(max_length=4)
    cause = models.CharField(max_length=10)
    numbers = models.JSONField(default=dict)
    asked_at = models.DateTimeField()
    verdict = models.CharField(max_length=10, blank=True, choices=Verdict.choices, default=Verdict.OPEN)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=200, blank=True)
    reason = models.TextField(blank=True)
    asks_again_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment"], condition=models.Q(verdict=""), name="tier_review_open_once")
        ]
        indexes = [models.Index(fields=["program", "verdict", "asked_at"], name="tier_review_by_verdict")]
