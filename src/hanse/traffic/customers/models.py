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


class KnownCustomer(models.Model):
    """Somebody on a list of customers that the business keeps here: a customer since a moment, whoever brought them.

    At least one of the outside id and the e-mail's keyed hash is there.
    """

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    external_id = models.CharField(max_length=200, blank=True)
    email_hash = models.CharField(max_length=32, blank=True)
    since_at = models.DateTimeField()
    listed_at = models.DateTimeField(db_index=True)
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["program", "external_id", "email_hash"], name="known_customer_once")
        ]
        indexes = [models.Index(fields=["program", "email_hash"], name="known_customer_by_email")]
