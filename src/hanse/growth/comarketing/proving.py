"""Verbs of what shows that a project was done: send proof, accept or refuse it, name what costs came to."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from hanse.growth.comarketing import letters
from hanse.growth.comarketing.actions import locked_project, record
from hanse.growth.comarketing.models import JointProject, JointProof
from hanse.growth.comarketing.team_letters import tell_team
from hanse.growth.comarketing.types import Side
from hanse.growth.content.actions import note_piece
from hanse.growth.resources.files.models import StoredFile
from hanse.kernel.errors import Invalid, Refused
from hanse.kernel.ids import new_id
from hanse.kernel.money import MAX_AMOUNT_MINOR
from hanse.spine.audit.actions import record_change
from hanse.spine.checks import Checks

MOST_PROOFS = 50
_PUBLISHED = frozenset(("guest_post", "co_branded"))


def send_proof(
    project: JointProject, *, side: Side, link: str = "", file: StoredFile | None = None, number: int | None = None,
    unit: str = "", note: str = "", now: datetime, by: str,
) -> JointProof:  # fmt: skip
    """Show that a side did its part: an address, a file, or a number with what it counts ("readers").

    The partner's waits for a person; ours counts at once. The same again is the same proof. Raises Invalid; refuses
    what is not agreed or settled.
    """
    row = locked_project(project)
    _refuse_closed(row)
    checks = Checks()
    link = checks.web_address("link", link, 500)
    unit = checks.text("unit", unit, 40, required=number is not None)
    note = checks.text("note", note, 2000, lines=True)
    if number is not None:
        checks.whole_number("number", number, 0, 10**12)
    if not link and file is None and number is None and not checks.problems:
        checks.refuse("link", _("Show a link, a file or a number."), "required")
    checks.done()
    content = {"side": side, "link": link, "file": file, "number": number, "unit": unit, "note": note}
    known = row.proofs.filter(**content).exclude(state=JointProof.State.REFUSED).first()
    if known is not None:
        return known
    if row.proofs.count() >= MOST_PROOFS:
        raise Refused("too_many", _("Enough was sent for this project. Please write to us."))
    is_ours = side == "us"
    proof = JointProof.objects.create(
        id=new_id(now), project=row, **content,
        state=JointProof.State.ACCEPTED if is_ours else JointProof.State.WAITING, sent_at=now, sent_by=by[:200],
        decided_at=now if is_ours else None, decided_by=by[:200] if is_ours else "",
    )  # fmt: skip
    record(row, "send_joint_proof", by, now)
    if not is_ours:
        tell_team(row, "proof", now, note, key=str(proof.pk))
    return proof


def accept_proof(proof: JointProof, *, now: datetime, by: str) -> JointProof:
    """Say yes to what a partner sent. Refuses what does not wait. What they published for it is a piece of theirs."""
    row = _decide(proof, JointProof.State.ACCEPTED, "", now, by)
    project = row.project
    if row.link and project.kind in _PUBLISHED:
        with suppress(Invalid):  # an address that makes no piece shows the project nevertheless
            note_piece(
                project.enrolment, address=row.link, title=project.title, published_at=row.sent_at, source="partner",
                now=now, by=by,
            )  # fmt: skip
    return row


def refuse_proof(proof: JointProof, *, reason: str, now: datetime, by: str) -> JointProof:
    """Say why it does not show enough; the partner reads it and can send more. Raises Invalid without a reason."""
    checks = Checks()
    reason = checks.text("reason", reason, 2000, required=True, lines=True)
    checks.done()
    return _decide(proof, JointProof.State.REFUSED, reason, now, by)


def note_costs(project: JointProject, amounts: Mapping[UUID, int], *, side: Side, now: datetime, by: str) -> None:
    """Name what costs came to, by cost, until the result is written. The partner names only what they laid out.

    Amounts in minor units, from zero. Raises Invalid with each place.
    """
    row = locked_project(project)
    _refuse_closed(row)
    known = {cost.pk: cost for cost in row.costs.order_by("position")}
    checks = Checks()
    changed = []
    for pk, amount in amounts.items():
        cost = known.get(pk)
        if cost is None or (side == "partner" and cost.paid_by != "partner"):
            checks.refuse_at("/costs", _("This cost is not yours to name."), "not_found")
            continue
        own = Checks(f"/costs/{cost.position}")
        own.whole_number("actual", amount, 0, MAX_AMOUNT_MINOR // 20)
        checks.problems.extend(own.problems)
        if cost.actual_minor != amount:
            changed.append((cost, amount))
    checks.done()
    if changed:
        record_change(
            actor=by, verb="note_joint_costs", subject_kind="enrolment", subject_id=row.enrolment_id,
            before={"costs": {cost.name: cost.actual_minor for cost, _amount in changed}},
            after={"name": row.title, "project": row.pk, "costs": {cost.name: amount for cost, amount in changed}},
            now=now,
        )  # fmt: skip
    for cost, amount in changed:
        cost.actual_minor = amount
        cost.save(update_fields=["actual_minor"])


def remind_of(project: JointProject, now: datetime) -> bool:
    """Ask the partner once for what shows a project. Returns False where that was done meanwhile."""
    if not JointProject.objects.filter(pk=project.pk, reminded_at=None).update(reminded_at=now):
        return False
    letters.remind(project, now)
    return True


def _refuse_closed(row: JointProject) -> None:
    if row.state != JointProject.State.AGREED:
        raise Refused("not_agreed", _("This is not agreed, or it is settled already."))


def _decide(proof: JointProof, state: str, reason: str, now: datetime, by: str) -> JointProof:
    row = locked_project(proof.project)
    _refuse_closed(row)
    values = {"state": state, "reason": reason, "decided_at": now, "decided_by": by[:200]}
    waiting = JointProof.objects.filter(pk=proof.pk, state=JointProof.State.WAITING)
    if not waiting.update(**values):
        raise Refused("decided", _("This is decided already."))
    verb = "accept_joint_proof" if state == JointProof.State.ACCEPTED else "refuse_joint_proof"
    record(row, verb, by, now, reason=reason)
    proof.refresh_from_db()
    letters.tell_proof(row, proof, now)
    return proof
