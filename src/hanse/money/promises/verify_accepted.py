"""Proof of accepted deliverables: the ledger holds the own fee of each, and nothing once it is withdrawn."""

from __future__ import annotations

from collections import defaultdict

from hanse.money.ledger.models import Entry
from hanse.money.ledger.types import Finding
from hanse.money.promises.accepting import CAUSE
from hanse.money.promises.models import Acceptance


def verify_acceptances() -> list[Finding]:
    """Compare every acceptance with what its partner has in the ledger for it; return the wrong. Two queries."""
    booked: defaultdict[tuple[str, object], int] = defaultdict(int)
    rows = Entry.objects.filter(transaction__cause=CAUSE, account__kind="payable")
    for key, enrolment_id, minor in rows.values_list("transaction__key", "account__enrolment_id", "amount_minor"):
        booked[key.split(":")[1], enrolment_id] += minor
    findings = []
    for id, enrolment_id, fee_minor, withdrawn_at in Acceptance.objects.order_by("id").values_list(
        "id", "enrolment_id", "fee_minor", "withdrawn_at"
    ):
        owed, found = fee_minor if withdrawn_at is None else 0, booked.pop((str(id), enrolment_id), 0)
        if owed != found:
            findings.append(Finding("acceptance", str(id), f"Owed {owed}, {found} in the ledger."))
    findings += [
        Finding("acceptance", key, f"{minor} in the ledger for no acceptance.")
        for (key, _enrolment_id), minor in booked.items()
    ]
    return findings
