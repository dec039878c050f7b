"""Proof of deliverables: what is accepted here is accepted in the books of the money wing, and nothing else is."""

from __future__ import annotations

from hanse.growth.deliverables import rules
from hanse.growth.deliverables.models import Deliverable
from hanse.money.promises.models import Acceptance
from hanse.spine.findings import Finding


def verify_deliverables() -> list[Finding]:
    """Compare every accepted deliverable with its acceptance, both ways; return the wrong. Two queries."""
    rows = Deliverable.objects.filter(state__in=rules.DONE)
    here = {
        id: (who, 0 if is_test else fee_minor)
        for id, who, fee_minor, is_test in rows.values_list("pk", "enrolment_id", "fee_minor", "enrolment__is_test")
    }
    kept = Acceptance.objects.filter(withdrawn_at=None).values_list("deliverable", "enrolment_id", "fee_minor")
    there = {id: (who, fee_minor) for id, who, fee_minor in kept}
    return [
        Finding("deliverable", str(id), f"Accepted for {here.get(id)} here, for {there.get(id)} in the money wing.")
        for id in sorted(here.keys() | there.keys())
        if here.get(id) != there.get(id)
    ]
