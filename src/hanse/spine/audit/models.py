"""Tables of audit: what each person changed."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class AuditEntry(models.Model):
    """One change by a person or key, with what it was before and after. Never edited."""

    id = id_column()
    at = models.DateTimeField(db_index=True)
    actor = models.CharField(max_length=200)
    verb = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=80)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["subject_kind", "subject_id", "at"], name="audit_by_subject")]
