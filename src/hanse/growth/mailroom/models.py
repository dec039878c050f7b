"""Tables of the mailroom: where a program's mail comes in, and what came."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class MailDoor(models.Model):
    """Where a program's mail comes in: its addresses, its web address for forwarders, a box that is asked by IMAP.

    `secret_hash` finds the door; the secret itself is made of the installation's key, the door and `secret_number`.
    """

    program = models.OneToOneField(
        "programs.Program", primary_key=True, on_delete=models.CASCADE, related_name="+"
    )  # fmt: skip
    address = models.CharField(max_length=254, blank=True, db_index=True)
    mentions_address = models.CharField(max_length=254, blank=True, db_index=True)
    secret_number = models.PositiveIntegerField(default=1)
    secret_hash = models.CharField(max_length=64, unique=True)
    imap_host = models.CharField(max_length=200, blank=True)
    imap_port = models.PositiveIntegerField(default=993)
    imap_login = models.CharField(max_length=200, blank=True)
    imap_sealed = models.TextField(blank=True)
    imap_folder = models.CharField(max_length=200, default="INBOX")
    imap_uid_validity = models.BigIntegerField(default=0)
    imap_uid_seen = models.BigIntegerField(default=0)
    imap_checked_at = models.DateTimeField(null=True)
    imap_error = models.CharField(max_length=300, blank=True)
    changed_at = models.DateTimeField()


class TakenMail(models.Model):
    """One mail that came in, and what became of it; `digest` keeps the same one from being taken twice."""

    class Kind(models.TextChoices):
        REPLY = "reply"
        MESSAGE = "message"
        COPY = "copy"
        FORWARDED = "forwarded"
        MENTION = "mention"
        BOUNCE = "bounce"
        COMPLAINT = "complaint"
        RSVP = "rsvp"
        AUTOMATIC = "automatic"
        UNCLEAR = "unclear"

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=32)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    via = models.CharField(max_length=10)
    sender = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    note = models.CharField(max_length=300, blank=True)
    size_bytes = models.PositiveIntegerField()
    entry = models.ForeignKey("growth.Entry", null=True, on_delete=models.SET_NULL, related_name="+")
    taken_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "digest"], name="mail_taken_once")]
        indexes = [models.Index(fields=["program", "taken_at"], name="taken_mail_by_time")]
