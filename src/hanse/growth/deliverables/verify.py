"""Proof of deliverables: what is accepted here is accepted in the books of the money wing, and nothing else is."""

from __future__ import annotations

from hanse.growth.deliverables import rules
from hanse.growth.deliverables.models import Deliverable
from hanse.money.promises.models import Acceptance
from hanse.spine.findings import Finding


def verify_deliverables() -> list[Finding]:
    """Compare every accepted deliverable with its acceptance, both ways; return the wrong. Two queries."""
    rows = Deliverable.objects.filter(state__in=rules.DONE)
    here = dict(rows.values_list("pk", "enrolment_id"))
    there = dict(Acceptance.objects.filter(withdrawn_at=None).values_list("deliverable", "enrolment_id"))
    return [
        Finding("deliverable", str(id), f"Accepted for {here.get(id)} here, for {there.get(id)} in the money wing.")
        for id in sorted(here.keys() | there.keys())
        if here.get(id) != there.get(id)
    ]
