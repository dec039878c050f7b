"""Tables of clicks: recorded passes through links, valid or with a named reason why not."""

from __future__ import annotations

from django.db import models


class Click(models.Model):
    """One pass through a link. The key is the token's core as 24 hex digits; `reason` is "" for a valid click.

    Lives in the clicks store: no foreign keys, so that the store can be another file or another engine. `sequence` is
    the journal record that brought it: a batch that is applied again recognises its own clicks. `variant` names the arm
    of the link's split that the visitor was sent to.
    """

    id = models.CharField(max_length=24, primary_key=True)
    link_number = models.BigIntegerField()
    program_id = models.UUIDField()
    enrolment_id = models.UUIDField()
    occurred_at = models.DateTimeField()
    visitor = models.CharField(max_length=32, blank=True)
    ip_hash = models.CharField(max_length=32, blank=True)
    country = models.CharField(max_length=2, blank=True)
    network = models.CharField(max_length=20, blank=True)
    device = models.CharField(max_length=20, blank=True)
    agent = models.CharField(max_length=80, blank=True)
    referrer_host = models.CharField(max_length=200, blank=True)
    subs = models.JSONField(default=dict)
    variant = models.CharField(max_length=40, blank=True, default="")
    reason = models.CharField(max_length=20, blank=True)
    sequence = models.BigIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(
                fields=["visitor", "occurred_at"],
                condition=models.Q(reason="") & ~models.Q(visitor=""),
                name="click_by_visitor",
            ),
            models.Index(fields=["enrolment_id", "occurred_at"], name="click_by_enrolment"),
            models.Index(fields=["program_id", "occurred_at"], name="click_by_program"),
            models.Index(fields=["link_number", "occurred_at"], name="click_by_link"),
        ]


class ClicksForgotten(models.Model):
    """One row: clicks before this moment have been deleted (or are about to be). Kept in the main store."""

    id = models.IntegerField(primary_key=True)
    before = models.DateTimeField()
