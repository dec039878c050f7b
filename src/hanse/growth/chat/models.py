"""Tables of chat: rooms of Slack and Discord."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class ChatRoom(models.Model):
    """A room that is told of things by its incoming webhook, and may write to us by a secret address of ours.

    `sealed_url` is the room's webhook, opened only to call it; `secret_hash` finds the room that writes to us.
    """

    class Kind(models.TextChoices):
        SLACK = "slack"
        DISCORD = "discord"

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=80)
    host = models.CharField(max_length=200, blank=True)
    sealed_url = models.TextField(blank=True)
    topics = models.JSONField(default=list)
    secret_number = models.PositiveIntegerField(default=1)
    secret_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)
