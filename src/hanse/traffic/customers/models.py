"""Tables of customers: the business's buyers, pseudonymous."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class Customer(models.Model):
    """A buyer by the business's own id; the e-mail only as a keyed hash."""

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    external_id = models.CharField(max_length=200)
    email_hash = models.CharField(max_length=32, blank=True)
    country = models.CharField(max_length=2, blank=True)
    first_seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "external_id"], name="customer_once")]
        indexes = [models.Index(fields=["program", "email_hash"], name="customer_by_email")]
