"""Tables of first wins: one drafted note for each first sale."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class FirstWin(models.Model):
    """A note to a partner about the first sale, in the partner's language. Sent, copied or dropped once."""

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    enrolment = models.OneToOneField("programs.Enrolment", on_delete=models.CASCADE, related_name="+")
    commission_id = models.UUIDField()
    sold_at = models.DateTimeField()
    language = models.CharField(max_length=10)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    drafted_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    copied_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)
    by = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["program", "sold_at"],
                condition=models.Q(sent_at=None, copied_at=None, dropped_at=None),
                name="first_win_open",
            )
        ]
