"""Reads of customers: who was on the business's own list, and since when."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from hanse.spine.audit.models import AuditEntry
from hanse.traffic.customers.models import Customer, KnownCustomer

UNLIST = "unlist_customer"


def listed_since(customer_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """Return since when customers are on their program's list, by id or address; the others are left out.

    One query where no list is kept at all, else two.
    """
    if not customer_ids or not KnownCustomer.objects.exists():
        return {}
    columns = ("id", "program_id", "external_id", "email_hash")
    rows = list(Customer.objects.filter(id__in=customer_ids).values_list(*columns))
    emails = {email for *_, email in rows if email}
    named = Q(external_id__in={outside for _, _, outside, _ in rows}) | Q(email_hash__in=emails)
    listed = KnownCustomer.objects.filter(named, program_id__in={program_id for _, program_id, _, _ in rows})
    by_id: dict[tuple[UUID, str], datetime] = {}
    by_email: dict[tuple[UUID, str], datetime] = {}
    for program_id, outside, email, since in listed.values_list("program_id", "external_id", "email_hash", "since_at"):
        for known, value in ((by_id, outside), (by_email, email)):
            if value:
                known[(program_id, value)] = min(since, known.get((program_id, value), since))
    found: dict[UUID, datetime] = {}
    for id_, program_id, outside, email in rows:
        moments = [by_id.get((program_id, outside)), by_email.get((program_id, email)) if email else None]
        if known_since := [moment for moment in moments if moment is not None]:
            found[id_] = min(known_since)
    return found


def customers_on_lists(entries: Iterable[tuple[UUID, str, str]]) -> set[UUID]:
    """Return the customers whom list entries (program, outside id, address) name. One query."""
    entries = list(entries)
    outside = {value for _, value, _ in entries if value}
    emails = {value for _, _, value in entries if value}
    if not outside and not emails:
        return set()
    wanted = {(program_id, value) for program_id, *values in entries for value in values if value}
    rows = Customer.objects.filter(
        Q(external_id__in=outside) | Q(email_hash__in=emails),
        program_id__in={program_id for program_id, _, _ in entries},
    ).values_list("id", "program_id", "external_id", "email_hash")
    return {id_ for id_, program_id, one, other in rows if {(program_id, one), (program_id, other)} & wanted}


def lately_listed(since: datetime) -> set[UUID]:
    """Return the customers who were put on a list since a moment."""
    rows = KnownCustomer.objects.filter(listed_at__gte=since).values_list("program_id", "external_id", "email_hash")
    return customers_on_lists(rows)


def lately_unlisted(since: datetime) -> set[UUID]:
    """Return the customers who were taken off a list since a moment: the entry is gone, the audit log names them."""
    rows = AuditEntry.objects.filter(at__gte=since, subject_kind="program", verb=UNLIST)
    return {
        UUID(customer_id)
        for before in rows.values_list("before", flat=True)
        for customer_id in before.get("customers", ())
    }
