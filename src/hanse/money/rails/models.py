"""Tables of rails: their settings, the files of opened runs, and what is sent to a rail that is called."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class RailSettings(models.Model):
    """What a program's rail needs to know. `sealed` holds secrets, encrypted; pages never show them again."""

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    rail = models.CharField(max_length=20)
    values = models.JSONField(default=dict)
    sealed = models.TextField(blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "rail"], name="rail_settings_once")]


class RunFile(models.Model):
    """A file of an opened run, kept as it was made: downloaded again it is the same to the byte.

    `message_id` is what a bank tells files apart by; no two files ever share one.
    """

    id = id_column()
    run = models.ForeignKey("money.PayoutRun", on_delete=models.PROTECT, related_name="files")
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=100)
    media_type = models.CharField(max_length=60)
    body = models.TextField()
    digest = models.CharField(max_length=64)
    message_id = models.CharField(max_length=35, null=True, unique=True)  # noqa: DJ001  # no name: null, so that it may repeat
    payout_ids = models.JSONField(default=list)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "position"], name="run_file_once")]


class Sending(models.Model):
    """One call that pays many. Its key and its body are stored before it is made, and sent again just so."""

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        READ = "read"
        REFUSED = "refused"

    id = id_column()
    run = models.ForeignKey("money.PayoutRun", on_delete=models.PROTECT, related_name="sendings")
    number = models.PositiveIntegerField()
    key = models.CharField(max_length=80, unique=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    body = models.JSONField()
    outside_id = models.CharField(max_length=80, blank=True)
    due_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    tries = models.IntegerField(default=0)
    last_error = models.TextField(blank=True)
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="sending_once")]
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(state__in=("waiting", "sent")), name="sending_due"
            ),
        ]  # fmt: skip
