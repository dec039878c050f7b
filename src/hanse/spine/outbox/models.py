"""Tables of outbox: effects on the outside world, claimed and retried until done."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class OutboxItem(models.Model):
    """One effect to be had exactly once at the receiver: written with its cause, claimed by conditional update.

    What `is_bulk` waits behind everything that somebody asked for.
    """

    id = id_column()
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=200, unique=True)
    payload = models.JSONField()
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0)
    is_bulk = models.BooleanField(default=False, db_default=False)
    done_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["is_bulk", "due_at"], condition=models.Q(done_at=None, failed_at=None), name="outbox_by_rank"
            ),
        ]
