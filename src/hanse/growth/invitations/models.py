"""Tables of invitations."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class Invitation(models.Model):
    """Somebody asked to apply, with what is known of them filled in already. One an address and program.

    `answers` are filled in for them, by the keys of the form's questions. `opened_at` is when their page was first
    looked at (a mail scanner may have been it), `declined_at` when they said that they would rather not: from then on
    nothing is written to them.
    """

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    prospect = models.ForeignKey("growth.Prospect", null=True, on_delete=models.SET_NULL, related_name="+")
    tier = models.ForeignKey("programs.Tier", null=True, on_delete=models.PROTECT, related_name="+")
    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=200, blank=True)
    company = models.CharField(max_length=200, blank=True)
    website = models.URLField(max_length=300, blank=True)
    channels = models.JSONField(default=list)
    country = models.CharField(max_length=2, blank=True)
    language = models.CharField(max_length=10, default="en")
    note = models.TextField(blank=True)
    answers = models.JSONField(default=dict)
    secret = models.CharField(max_length=64, unique=True)
    batch = models.UUIDField(db_index=True)
    is_mailed = models.BooleanField(default=True)
    sent_at = models.DateTimeField()
    sent_by = models.CharField(max_length=200, blank=True)
    opened_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    declined_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "email"], name="invited_once")]
        indexes = [models.Index(fields=["program", "sent_at"], name="invitation_by_program")]
