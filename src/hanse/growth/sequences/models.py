"""Tables of sequences: what starts them, their steps, and who is on the way through them."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class Sequence(models.Model):
    """Ordered letters for whoever a trigger names. `swept_until` is how far triggers were looked for.

    `trigger` is {"kind", …}; `condition` (the kernel's language) is asked when somebody enters; `stop_when` names what
    ends the way early.
    """

    class State(models.TextChoices):
        DRAFT = "draft"
        RUNNING = "running"
        PAUSED = "paused"
        ENDED = "ended"

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    trigger = models.JSONField()
    condition = models.JSONField(null=True)
    stop_when = models.JSONField(default=list)
    holdout_ppm = models.PositiveIntegerField(default=0)
    action = models.CharField(max_length=20, blank=True)
    action_days = models.PositiveSmallIntegerField(default=14)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    swept_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program", "name"], condition=models.Q(ended_at=None), name="sequence_name_once"
            )
        ]


class SequenceStep(models.Model):
    """One letter of a sequence, so many days after the one before; `condition` is asked when its turn comes."""

    id = id_column()
    sequence = models.ForeignKey(Sequence, on_delete=models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()
    wait_days = models.PositiveSmallIntegerField(default=0)
    message = models.ForeignKey("growth.MessageTemplate", on_delete=models.PROTECT, related_name="+")
    condition = models.JSONField(null=True)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sequence", "position"], condition=models.Q(archived_at=None), name="step_position_once"
            )
        ]


class Journey(models.Model):
    """One enrolment's way through a sequence. `occurrence` is what began it: the same happening begins it once.

    `tier` is where they stood then; who is held out gets no letter and is measured like the others. Who
    could not be held out (`is_drawn` false: the strategic track) is left out of the comparison.
    """

    id = id_column()
    sequence = models.ForeignKey(Sequence, on_delete=models.PROTECT, related_name="journeys")
    enrolment = models.ForeignKey("programs.Enrolment", on_delete=models.PROTECT, related_name="+")
    occurrence = models.CharField(max_length=80)
    entered_at = models.DateTimeField()
    is_held_out = models.BooleanField(default=False)
    is_drawn = models.BooleanField(default=True, db_default=True)
    tier = models.ForeignKey("programs.Tier", null=True, on_delete=models.PROTECT, related_name="+")
    acted_at = models.DateTimeField(null=True)
    next_position = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sequence", "enrolment", "occurrence"], name="journey_once"),
        ]
        indexes = [
            models.Index(fields=["next_at"], condition=models.Q(ended_at=None), name="journey_due"),
            models.Index(fields=["enrolment", "entered_at"], name="journey_by_enrolment"),
        ]
