"""Tables of idempotency: which answer a keyed request got."""

from __future__ import annotations

from django.db import models


class KeptAnswer(models.Model):
    """The answer to one request that carried an Idempotency-Key; `request_hash` tells a repeat from another request."""

    id = models.BigAutoField(primary_key=True)
    asker = models.CharField(max_length=60)
    key = models.CharField(max_length=200)
    request_hash = models.CharField(max_length=64)
    status = models.IntegerField()
    body = models.TextField(blank=True)
    answered_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["asker", "key"], name="kept_answer_once")]
