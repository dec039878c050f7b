"""Verbs of results: write one (costs and leads divided, what evens the two out booked once), take it back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from hanse.growth.comarketing import letters, rules
from hanse.growth.comarketing.actions import locked_project, record
from hanse.growth.comarketing.models import JointProject
from hanse.growth.comarketing.proving import note_costs
from hanse.kernel.errors import Refused
from hanse.money.jointcosts.actions import settle_joint_costs, take_joint_costs_back
from hanse.spine.checks import Checks

State = JointProject.State
MOST_LEADS = 10_000_000


def write_result(
    project: JointProject, *, leads: int, costs: Mapping[UUID, int] | None = None, note: str = "", now: datetime,
    by: str,
) -> JointProject:  # fmt: skip
    """Write how a project ended: leads and costs are divided as agreed, and what is left between the two is booked.

    What costs came to counts up to what was agreed; what is more stays with whoever paid it. Booked once: a second call
    is refused. Raises Invalid, also for a cost that nobody named; refuses without accepted proof, and while
    something that was sent waits for a look.
    """
    row = locked_project(project)
    if row.state != State.AGREED:
        raise Refused("not_agreed", _("This is not agreed, or it is settled already."))
    checks = Checks()
    note = checks.text("note", note, 4000, lines=True)
    checks.whole_number("leads", leads, 0, MOST_LEADS)
    checks.done()
    proofs = list(row.proofs.all())
    if any(proof.state == "waiting" for proof in proofs):
        raise Refused("proof_waits", _("Look at what was sent first: accept it, or say why not."))
    if rules.missing_proof(row.kind, proofs):
        raise Refused("no_proof", _("Nothing shows yet that it was done. Of a swap, both sides show their part."))
    if costs:
        note_costs(row, costs, side="us", now=now, by=by)
    named = list(row.costs.order_by("position"))
    for cost in named:
        if cost.actual_minor is None:
            checks.refuse_at(f"/costs/{cost.position}", _("Say what each cost came to; zero is fine."), "required")
    checks.done()
    outcome = rules.settle(named, row.our_cost_ppm)
    row.round += 1
    row.state, row.ended_at, row.result_note, row.result_by = State.DONE, now, note, by[:200]
    row.leads = leads
    row.our_leads, row.partner_leads = rules.divide(leads, row.our_leads_ppm)
    row.total_minor, row.our_minor, row.partner_minor = outcome.total_minor, outcome.ours_minor, outcome.theirs_minor
    row.settled_minor, row.transaction_number = outcome.to_partner_minor, None
    if row.settled_minor:
        row.transaction_number = settle_joint_costs(
            row.enrolment, row.settled_minor, project_id=row.pk, turn=row.round, name=row.title, now=now, by=by
        )
    row.save()
    record(row, "write_joint_result", by, now, reason=note)
    letters.tell_result(row, now)
    project.refresh_from_db()
    return project


def take_result_back(project: JointProject, *, reason: str, now: datetime, by: str) -> JointProject:
    """Take a result back that was wrong: what was booked is booked back, and it can be written anew.

    Raises Invalid without a reason: the partner reads it. Refuses what has no result.
    """
    row = locked_project(project)
    checks = Checks()
    reason = checks.text("reason", reason, 2000, required=True, lines=True)
    checks.done()
    if row.state != State.DONE:
        raise Refused("no_result", _("There is no result to take back."))
    if row.settled_minor:
        take_joint_costs_back(
            row.enrolment, row.settled_minor, project_id=row.pk, turn=row.round, reason=reason, now=now, by=by
        )
    row.state, row.ended_at, row.leads, row.transaction_number = State.AGREED, None, None, None
    row.our_leads = row.partner_leads = 0
    row.total_minor = row.our_minor = row.partner_minor = row.settled_minor = 0
    row.save()
    record(row, "take_joint_result_back", by, now, reason=reason)
    letters.tell_taken_back(row, reason, now)
    project.refresh_from_db()
    return project
