"""Tables of statements: what was issued, in which words it was agreed, and who bills."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import currency_column, id_column, minor_column


class BillingProfile(models.Model):
    """Who a program's business is on tax papers. `next_number` counts its invoices without a gap."""

    program = models.OneToOneField(
        "programs.Program", primary_key=True, on_delete=models.PROTECT, related_name="+"
    )  # fmt: skip
    legal_name = models.CharField(max_length=140, blank=True)
    street = models.CharField(max_length=140, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=80, blank=True)
    country = models.CharField(max_length=2, blank=True)
    vat_id = models.CharField(max_length=20, blank=True)
    issues_invoices = models.BooleanField(default=False)
    adds_vat = models.BooleanField(default=False)
    prefix = models.CharField(max_length=10, blank=True)
    nature = models.CharField(max_length=140, blank=True)
    next_number = models.PositiveIntegerField(default=1)


class Consent(models.Model):
    """A partner's agreement that we write their invoices: which version, from when, until when, for which VAT id."""

    id = id_column()
    enrolment = models.ForeignKey("programs.Enrolment", on_delete=models.PROTECT, related_name="+")
    version = models.CharField(max_length=20)
    text_hash = models.CharField(max_length=64)
    vat_id = models.CharField(max_length=20, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    accepted_by = models.CharField(max_length=200)
    accepted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["enrolment", "starts_on"], name="consent_by_enrolment")]


class IssuedStatement(models.Model):
    """One month of one enrolment as it was issued: `content` is everything on the paper, `digest` its hash."""

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    enrolment = models.ForeignKey("programs.Enrolment", on_delete=models.PROTECT, related_name="+")
    month = models.CharField(max_length=7)
    number = models.CharField(max_length=40, unique=True)
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    closing_payable_minor = minor_column()
    paid_minor = minor_column()
    currency = currency_column()
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrolment", "month"], name="statement_once_a_month")]
        indexes = [models.Index(fields=["program", "month"], name="statement_by_month")]


class Invoice(models.Model):
    """A self-billing invoice of a month, or a credit note that names the invoice it takes back from."""

    class Kind(models.TextChoices):
        INVOICE = "invoice"
        CREDIT_NOTE = "credit_note"

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    enrolment = models.ForeignKey("programs.Enrolment", on_delete=models.PROTECT, related_name="+")
    month = models.CharField(max_length=7)
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=30)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    original = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="+")
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    net_minor = minor_column()
    vat_minor = minor_column()
    gross_minor = minor_column()
    currency = currency_column()
    issued_on = models.DateField()
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["program", "number"], name="invoice_number_once"),
            models.UniqueConstraint(fields=["enrolment", "month"], name="invoice_once_a_month"),
        ]


class Issue(models.Model):
    """The work of issuing one month for everybody, a part at a time, so that its progress can be seen."""

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    month = models.CharField(max_length=7)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    after = models.UUIDField(null=True)
    left_out = models.JSONField(default=list)
    started_at = models.DateTimeField()
    started_by = models.CharField(max_length=200, blank=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program", "month"], condition=models.Q(finished_at=None), name="issue_one_at_a_time"
            )
        ]
