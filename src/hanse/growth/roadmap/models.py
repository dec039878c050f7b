"""Tables of the roadmap: previews with their versions, accepted embargoes, and who saw what."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class Preview(models.Model):
    """Something that is coming, or early access to it. `tiers` and `types`: none means everybody.

    `teaser` and `embargo_text` may be read before the embargo is accepted; title, text and address may not. `words` are
    the names that nobody may mention until `embargo_until`. `embargo_digest` is what is accepted: another embargo is
    accepted anew. `feature` names what is switched on for those who see it, from and until a moment.
    """

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    teaser = models.CharField(max_length=200)
    title = models.CharField(max_length=120)
    text = models.TextField()
    address = models.CharField(max_length=500, blank=True)
    tiers = models.JSONField(default=list)
    types = models.JSONField(default=list)
    embargo_until = models.DateTimeField(null=True)
    embargo_text = models.TextField(blank=True)
    words = models.JSONField(default=list)
    feature = models.SlugField(max_length=60, blank=True)
    feature_from = models.DateTimeField(null=True)
    feature_until = models.DateTimeField(null=True)
    number = models.PositiveIntegerField(default=1)
    embargo_digest = models.CharField(max_length=64, blank=True)
    published_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    told_over_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)

    class Meta:
        indexes = [models.Index(fields=["program", "embargo_until"], name="preview_by_embargo")]


class PreviewVersion(models.Model):
    """What a preview said, one immutable version; `digest` is the SHA-256 of it."""

    id = id_column()
    preview = models.ForeignKey(Preview, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    body = models.JSONField()
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["preview", "number"], name="preview_version_once")]


class EmbargoAcceptance(models.Model):
    """One enrolment's yes to an embargo: who said it, when, to which words, and which version stood there."""

    id = id_column()
    preview = models.ForeignKey(Preview, on_delete=models.CASCADE, related_name="acceptances")
    enrolment = models.ForeignKey("programs.Enrolment", on_delete=models.PROTECT, related_name="+")
    embargo_digest = models.CharField(max_length=64)
    number = models.PositiveIntegerField()
    version_digest = models.CharField(max_length=64)
    text = models.TextField()
    until = models.DateTimeField()
    accepted_at = models.DateTimeField()
    by = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["preview", "enrolment", "embargo_digest"], name="embargo_accepted_once")
        ]
        indexes = [models.Index(fields=["enrolment"], name="embargo_by_enrolment")]


class PreviewSight(models.Model):
    """One person of an enrolment who saw one version of a preview: first, last, how often."""

    id = id_column()
    preview = models.ForeignKey(Preview, on_delete=models.CASCADE, related_name="sights")
    enrolment = models.ForeignKey("programs.Enrolment", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    by = models.CharField(max_length=200)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["preview", "enrolment", "number", "by"], name="preview_seen_once")
        ]
