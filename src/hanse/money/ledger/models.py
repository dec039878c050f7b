"""Tables of ledger: append-only double entry, chained by hashes."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import currency_column, id_column, minor_column


class Account(models.Model):
    """A pot. Owner is a program or an enrolment of it; `kind` says which pot."""

    class Kind(models.TextChoices):
        PROGRAM_COST = "program_cost"
        PROGRAM_BANK = "program_bank"
        PROGRAM_CREDIT = "program_credit"
        PROGRAM_LOSS = "program_loss"
        HELD = "held"
        PAYABLE = "payable"
        ADVANCE = "advance"
        IN_TRANSIT = "in_transit"

    id = id_column()
    kind = models.CharField(max_length=16, choices=Kind.choices)
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    enrolment = models.ForeignKey("programs.Enrolment", null=True, on_delete=models.PROTECT, related_name="+")
    currency = currency_column()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "program", "currency"], condition=models.Q(enrolment=None), name="program_account_once"
            ),
            models.UniqueConstraint(fields=["kind", "enrolment", "currency"], name="enrolment_account_once"),
        ]


class Transaction(models.Model):
    """A balanced set of entries with one cause and a unique key, chained to the one before. Numbers are dense."""

    number = models.BigIntegerField(primary_key=True)
    key = models.CharField(max_length=160, unique=True)
    cause = models.CharField(max_length=30)
    note = models.CharField(max_length=300, blank=True)
    actor = models.CharField(max_length=200, blank=True)
    occurred_at = models.DateTimeField()
    posted_at = models.DateTimeField(db_index=True)
    entry_count = models.IntegerField()
    input_hash = models.CharField(max_length=64)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)


class Entry(models.Model):
    """One signed line, never changed. `commission_id` names the commission it moves, if one."""

    id = id_column()
    transaction = models.ForeignKey(Transaction, on_delete=models.PROTECT, related_name="entries", db_index=False)
    position = models.IntegerField()
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    amount_minor = minor_column()
    currency = currency_column()
    commission_id = models.UUIDField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["transaction", "position"], name="entry_position_once")]
        indexes = [
            models.Index(fields=["account", "transaction"], name="entry_by_account"),
            models.Index(fields=["commission_id"], condition=~models.Q(commission_id=None), name="entry_by_commission"),
        ]
