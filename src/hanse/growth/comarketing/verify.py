"""Proof of joint projects: results follow from costs and leads, and the books hold just what they evened out."""

from __future__ import annotations

from collections.abc import Iterator

from hanse.growth.comarketing import rules
from hanse.growth.comarketing.models import JointProject
from hanse.money.jointcosts.queries import settled_sums
from hanse.spine.findings import Finding


def verify_joint_projects() -> list[Finding]:
    """Recompute every result from its costs and shares and compare it with the books, both ways. Three queries."""
    booked = settled_sums()
    findings = []
    for row in JointProject.objects.prefetch_related("costs").order_by("id").iterator(chunk_size=500):
        in_books = booked.pop((row.pk, row.enrolment_id), 0)
        findings += [Finding("joint project", str(row.pk), problem) for problem in _problems(row, in_books)]
    problem = "The books know a project that is not there, or is another partner's."
    lost = (Finding("joint project", str(project), problem) for project, _partner in booked)
    return [*findings, *lost]


def _problems(row: JointProject, in_books_minor: int) -> Iterator[str]:
    is_done = row.state == JointProject.State.DONE
    expected = rules.settle(row.costs.all(), row.our_cost_ppm)
    owed_minor = expected.to_partner_minor if is_done else 0
    if is_done and (row.our_minor, row.partner_minor) != (expected.ours_minor, expected.theirs_minor):
        yield f"Its shares are {expected.ours_minor} and {expected.theirs_minor}, not what the result says."
    if is_done and (row.our_leads, row.partner_leads) != rules.divide(row.leads or 0, row.our_leads_ppm):
        yield "Its leads are not divided as agreed."
    if owed_minor != in_books_minor or owed_minor != row.settled_minor:
        yield f"It evens out {owed_minor}; the books hold {in_books_minor}, the result says {row.settled_minor}."
