"""Tables of positions: how far the pipeline has read, and who may read."""

from __future__ import annotations

from django.db import models


class Position(models.Model):
    """Where one reader of the journal stands; moved by compare-and-set in the transaction of its effects."""

    name = models.CharField(max_length=40, primary_key=True)
    journal_id = models.CharField(max_length=36)
    sequence = models.BigIntegerField(default=0)
    index = models.IntegerField(default=0)
    moved_at = models.DateTimeField()


class Lease(models.Model):
    """The right to be the one active worker, until a moment; taken and renewed by conditional update."""

    name = models.CharField(max_length=40, primary_key=True)
    holder = models.CharField(max_length=80)
    until = models.DateTimeField()
