"""Tables of recruiting: applications to join a program."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class Application(models.Model):
    """A request to join a program: from the public form to a decision with a reason."""

    class Status(models.TextChoices):
        UNCONFIRMED = "unconfirmed"
        WAITING = "waiting"
        ASKED = "asked"
        APPROVED = "approved"
        DECLINED = "declined"

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    email = models.EmailField(max_length=254)
    phone = models.CharField(max_length=40, blank=True)
    company = models.CharField(max_length=200, blank=True)
    website = models.URLField(max_length=300, blank=True)
    channels = models.JSONField(default=list)
    message = models.TextField(blank=True)
    references = models.TextField(blank=True)
    country = models.CharField(max_length=2, blank=True)
    language = models.CharField(max_length=10, default="en")
    terms = models.ForeignKey("programs.Terms", null=True, on_delete=models.PROTECT, related_name="+")
    secret = models.CharField(max_length=64, unique=True)
    status = models.CharField(max_length=12, choices=Status.choices)
    question = models.TextField(blank=True)
    answer = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    sent_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=200, blank=True)
    partner = models.ForeignKey("people.Partner", null=True, on_delete=models.PROTECT, related_name="+")
    recruited_by = models.ForeignKey("people.Partner", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["status", "sent_at"], name="application_by_status")]
