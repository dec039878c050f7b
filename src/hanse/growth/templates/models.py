"""Tables of templates: letters and their immutable versions, one text a language."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class LetterKind(models.TextChoices):
    """What a letter is for. Partners can stop each kind, but not the last two: those are owed to them."""

    WELCOME = "welcome"
    NEWSLETTER = "newsletter"
    NUMBERS = "insight", "Insight"
    IDEAS = "ideas"
    COMEBACK = "comeback"
    THANKS = "thanks"
    INVITATION = "invitation"
    HONESTY = "honesty"
    TRANSACTIONAL = "transactional"


class MessageTemplate(models.Model):
    """One letter of a program. `library_key` names the shipped letter that it began as, "" for an own one."""

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=14, choices=LetterKind.choices)
    library_key = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program", "name"], condition=models.Q(archived_at=None), name="message_template_once"
            )
        ]


class MessageVersion(models.Model):
    """One immutable version of a letter.

    `contents` is `{language: {subject, preview, kicker, body}}`, every text checked Liquid. The program's language
    comes first: whoever reads none of the languages gets that one.
    """

    id = id_column()
    template = models.ForeignKey(MessageTemplate, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    contents = models.JSONField()
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["template", "number"], name="message_version_once")]
