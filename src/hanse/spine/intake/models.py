"""Tables of intake: every fact that came in, once, with its hash and verdict."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class ReceivedFact(models.Model):
    """The identity of a fact: (source, kind, program, goal, outside id). Same content again is the same fact.

    `goal` is "" for refunds: their outside ids are one in the program.
    """

    id = id_column()
    source = models.CharField(max_length=80)
    kind = models.CharField(max_length=20)
    program_id = models.UUIDField()
    goal = models.CharField(max_length=60, blank=True)
    external_id = models.CharField(max_length=200)
    content_hash = models.CharField(max_length=32)
    revision = models.IntegerField(default=0)
    sequence = models.BigIntegerField()
    index = models.IntegerField(default=0)
    received_at = models.DateTimeField()
    verdict = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "kind", "program_id", "goal", "external_id"], name="fact_once")
        ]
        indexes = [models.Index(fields=["program_id", "kind", "external_id"], name="fact_by_outside_id")]


class Verdict(models.Model):
    """What became of a fact whose sender waits for the answer; swept after an hour."""

    sequence = models.BigIntegerField()
    index = models.IntegerField()
    http_status = models.IntegerField()
    body = models.JSONField()
    decided_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sequence", "index"], name="verdict_once")]
