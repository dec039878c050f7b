"""Tables of recruiting: the forms to apply with, applications to join a program, and rules that approve them."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class ApplicationForm(models.Model):
    """One immutable version of a program's form; the one with the highest number is shown.

    `standard` says of each of our own fields whether it is required, asked or left out. `questions` are the program's
    own: key, kind, label, hint, options, is_required.
    """

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    headline = models.CharField(max_length=160, blank=True)
    lead = models.TextField(blank=True)
    standard = models.JSONField(default=dict)
    questions = models.JSONField(default=list)
    note = models.CharField(max_length=300, blank=True)
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "number"], name="application_form_once")]


class ApprovalRule(models.Model):
    """Who is taken in without a person: a condition over the application. Ended rules stay, as the trail names them."""

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    condition = models.JSONField()
    tier = models.ForeignKey("programs.Tier", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True)


class Application(models.Model):
    """A request to join a program: from the public form to a decision with a reason.

    `answers` keep the question's own text beside what was answered. `ip_hash` is the daily keyed hash of where the form
    came from, `network` its country and kind. `cleared` are risks that a person looked at: risk, note, by, at.
    """

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
    form = models.ForeignKey(ApplicationForm, null=True, on_delete=models.PROTECT, related_name="+")
    answers = models.JSONField(default=list)
    invitation = models.ForeignKey("growth.Invitation", null=True, on_delete=models.SET_NULL, related_name="+")
    ip_hash = models.CharField(max_length=64, blank=True)
    network = models.CharField(max_length=20, blank=True)
    cleared = models.JSONField(default=list)

    class Meta:
        indexes = [
            models.Index(fields=["status", "sent_at"], name="application_by_status"),
            models.Index(fields=["program", "email"], name="application_by_email"),
        ]
