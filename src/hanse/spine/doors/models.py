"""Tables of doors: the flat tables that the edge reads with plain SQL."""

from __future__ import annotations

from django.db import models


class DoorState(models.Model):
    """One row: the version of the last change; the edge asks for rows newer than what it has."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    version = models.BigIntegerField(default=0)


class DoorLink(models.Model):
    """A link as the edge needs it. `status` is "" when it works, else the named reason why not.

    `routes` is JSON text, "" for links with one destination. `enrolment_id` and `offer_id` let a change of either
    reach all of its links in one statement.
    """

    number = models.BigIntegerField(primary_key=True)
    slug = models.CharField(max_length=120, unique=True)
    program_id = models.UUIDField()
    destination = models.TextField()
    allowed_hosts = models.JSONField(default=list)
    status = models.CharField(max_length=30, blank=True)
    expires_at = models.DateTimeField(null=True)
    enrolment_id = models.UUIDField(null=True, db_index=True)
    offer_id = models.UUIDField(null=True, db_index=True)
    routes = models.TextField(blank=True, default="")
    version = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["version", "number"], name="doorlink_by_version")]


class DoorProgram(models.Model):
    """A program as the edge needs it. An empty list of allowed countries allows all."""

    program_id = models.UUIDField(primary_key=True)
    slug = models.CharField(max_length=60)
    fallback_url = models.TextField(blank=True)
    token_param = models.CharField(max_length=40)
    token_form = models.CharField(max_length=4, default="text")
    currency = models.CharField(max_length=3)
    goals = models.JSONField(default=list)
    allowed_hosts = models.JSONField(default=list)
    click_hosts = models.JSONField(default=list)
    browser_conversions = models.BooleanField(default=False)
    consent_mode = models.BooleanField(default=False)
    bare_click_ids = models.BooleanField(default=False)
    allowed_countries = models.JSONField(default=list)
    blocked_countries = models.JSONField(default=list)
    archived = models.BooleanField(default=False)
    version = models.BigIntegerField(db_index=True)


class DoorKey(models.Model):
    """An API key as the edge needs it: only its hash."""

    hash = models.CharField(max_length=64, primary_key=True)
    key_id = models.UUIDField()
    program_id = models.UUIDField(null=True)
    scopes = models.JSONField(default=list)
    revoked = models.BooleanField(default=False)
    version = models.BigIntegerField(db_index=True)
