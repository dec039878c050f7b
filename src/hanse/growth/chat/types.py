"""Chat as values: what rooms can be told of."""

from __future__ import annotations

TOPICS = ("questions", "urgent", "first_sales", "applications")
HOSTS = {"slack": ("hooks.slack.com",), "discord": ("discord.com", "discordapp.com", "canary.discord.com")}
CHAT = "chat"
"""The kind of an outbox item that a chat room is told."""
