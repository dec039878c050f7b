"""Joint projects: proposed by either side, agreed with their costs, shown, and settled once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status

from hanse.faces.api.access import READ, WRITE, actor, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, narrow, reach, refer
from hanse.faces.api.routes import joint_shapes as shapes
from hanse.faces.api.routes.days import day_of
from hanse.faces.api.values import shown_id
from hanse.growth.comarketing import actions, proving, rules, settling
from hanse.growth.comarketing.models import JointProject, JointProof
from hanse.growth.comarketing.queries import outcomes_of, staged, with_parts
from hanse.growth.comarketing.types import Outcome, Settlement, Stage
from hanse.growth.resources.files.models import StoredFile
from hanse.kernel import clock
from hanse.kernel.errors import Invalid, Problem
from hanse.kernel.ids import parse_id, text_id
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.traffic.coupons.models import Coupon

router = Router(tags=["Joint projects"])
_NAMES = {"our_cost": "our_cost_ppm", "our_leads": "our_leads_ppm"}


@router.get("/joint-projects", auth=READ, response=shapes.JointProjectPage)
def list_joint_projects(
    request: HttpRequest, program: str = "", enrolment: str = "", state: shapes.JointState | None = None,
    cursor: Cursor = "", limit: Limit = PAGE,
) -> shapes.JointProjectPage:  # fmt: skip
    """List what is done together with partners, the newest first."""
    key = asker(request)
    filters = {"program_id": (Program, program), "enrolment_id": (Enrolment, enrolment)}
    rows = narrow(key, with_parts(reach(key, JointProject)), filters)
    page, following = take_page(rows.filter(state=state) if state else rows, cursor, limit)
    return shapes.JointProjectPage(data=_shown(page), next_cursor=following)


@router.post("/joint-projects", auth=WRITE, response={201: shapes.JointProjectOut})
def propose_joint_project(request: HttpRequest, body: shapes.JointProjectIn) -> Status[shapes.JointProjectOut]:
    """Propose something; the other side is asked."""
    enrolment = refer(asker(request), Enrolment, body.enrolment, "/enrolment", "partner", "program")
    fields = _fields(body.model_dump(exclude={"enrolment", "side"}))
    row = actions.ask_project(enrolment, side=body.side, now=clock.now(), by=actor(request), **fields)
    return Status(201, _out(row))


@router.get("/joint-projects/{joint_project_id}", auth=READ, response=shapes.JointProjectOut)
def read_joint_project(request: HttpRequest, joint_project_id: str) -> shapes.JointProjectOut:
    """Read one joint project."""
    return _out(_found(request, joint_project_id))


@router.patch("/joint-projects/{joint_project_id}", auth=WRITE, response=shapes.JointProjectOut)
def change_joint_project(
    request: HttpRequest, joint_project_id: str, body: shapes.JointProjectChange
) -> shapes.JointProjectOut:
    """Answer with another proposal, as long as nobody agreed. With `version` refuses where a newer one lies there."""
    row, given = _found(request, joint_project_id), body.given()
    side, version = given.pop("side", "us"), given.pop("version", None)
    if "costs" in given:
        given["costs"] = [one.model_dump() for one in body.costs]
    return _out(actions.propose_again(
        row, side=side, version=version, now=clock.now(), by=actor(request), **_fields(given)
    ))  # fmt: skip


@router.post("/joint-projects/{joint_project_id}/agree", auth=WRITE, response=shapes.JointProjectOut)
def agree_to_joint_project(
    request: HttpRequest, joint_project_id: str, body: shapes.JointYes | None = None
) -> shapes.JointProjectOut:
    """Say yes to the other side's proposal."""
    row, said = _found(request, joint_project_id), body or shapes.JointYes()
    return _out(
        actions.agree_project(row, side=said.side, version=said.version, now=clock.now(), by=actor(request))
    )  # fmt: skip


@router.post("/joint-projects/{joint_project_id}/decline", auth=WRITE, response=shapes.JointProjectOut)
def decline_joint_project(
    request: HttpRequest, joint_project_id: str, body: shapes.JointNo
) -> shapes.JointProjectOut:  # fmt: skip
    """Say no to a proposal, or take one's own back."""
    row = _found(request, joint_project_id)
    return _out(
        actions.decline_project(row, side=body.side, reason=body.reason, now=clock.now(), by=actor(request))
    )  # fmt: skip


@router.post("/joint-projects/{joint_project_id}/cancel", auth=WRITE, response=shapes.JointProjectOut)
def cancel_joint_project(
    request: HttpRequest, joint_project_id: str, body: shapes.JointNo
) -> shapes.JointProjectOut:  # fmt: skip
    """Call off what was agreed. Nothing is divided."""
    row = _found(request, joint_project_id)
    return _out(
        actions.cancel_project(row, side=body.side, reason=body.reason, now=clock.now(), by=actor(request))
    )  # fmt: skip


@router.post("/joint-projects/{joint_project_id}/move", auth=WRITE, response=shapes.JointProjectOut)
def move_joint_project(
    request: HttpRequest, joint_project_id: str, body: shapes.JointDay
) -> shapes.JointProjectOut:  # fmt: skip
    """Move what is agreed to another day. The partner is told."""
    row, day = _found(request, joint_project_id), day_of(body.happens_on, "/happens_on")
    return _out(actions.move_project(row, happens_on=day, now=clock.now(), by=actor(request)))


@router.put("/joint-projects/{joint_project_id}/code", auth=WRITE, response=shapes.JointProjectOut)
def put_joint_code(request: HttpRequest, joint_project_id: str, body: shapes.JointCode) -> shapes.JointProjectOut:
    """Count the sales of one of the partner's codes with the project."""
    row = _found(request, joint_project_id)
    coupon = refer(asker(request), Coupon, body.coupon, "/coupon") if body.coupon else None
    return _out(actions.set_code(row, coupon, now=clock.now(), by=actor(request)))


@router.get("/joint-projects/{joint_project_id}/proofs", auth=READ, response=shapes.JointProofPage)
def list_joint_proofs(
    request: HttpRequest, joint_project_id: str, cursor: Cursor = "", limit: Limit = PAGE
) -> shapes.JointProofPage:
    """List what shows that it was done, the newest first."""
    rows = JointProof.objects.filter(project=_found(request, joint_project_id))
    page, following = take_page(rows, cursor, limit)
    return shapes.JointProofPage(data=[_proof(one) for one in page], next_cursor=following)


@router.post("/joint-projects/{joint_project_id}/proofs", auth=WRITE, response={201: shapes.JointProofOut})
def send_joint_proof(
    request: HttpRequest, joint_project_id: str, body: shapes.JointProofIn
) -> Status[shapes.JointProofOut]:
    """Show that a side did its part. The partner's waits for a yes; ours counts at once."""
    row = _found(request, joint_project_id)
    file = refer(asker(request), StoredFile, body.file, "/file") if body.file else None
    made = proving.send_proof(
        row, side=body.side, link=body.link, file=file, number=body.number, unit=body.unit, note=body.note,
        now=clock.now(), by=actor(request),
    )  # fmt: skip
    return Status(201, _proof(made))


@router.post("/joint-proofs/{joint_proof_id}/accept", auth=WRITE, response=shapes.JointProofOut)
def accept_joint_proof(request: HttpRequest, joint_proof_id: str) -> shapes.JointProofOut:
    """Say yes to what the partner sent."""
    row = find(asker(request), JointProof, joint_proof_id, "project")
    return _proof(proving.accept_proof(row, now=clock.now(), by=actor(request)))


@router.post("/joint-proofs/{joint_proof_id}/refuse", auth=WRITE, response=shapes.JointProofOut)
def refuse_joint_proof(request: HttpRequest, joint_proof_id: str, body: shapes.JointReason) -> shapes.JointProofOut:
    """Say why it does not show enough. The partner reads it."""
    row = find(asker(request), JointProof, joint_proof_id, "project")
    return _proof(proving.refuse_proof(row, reason=body.reason, now=clock.now(), by=actor(request)))


@router.put("/joint-projects/{joint_project_id}/costs", auth=WRITE, response=shapes.JointProjectOut)
def put_joint_costs(request: HttpRequest, joint_project_id: str, body: shapes.JointAmounts) -> shapes.JointProjectOut:
    """Name what costs came to."""
    row = _found(request, joint_project_id)
    proving.note_costs(row, _amounts(body.costs), side=body.side, now=clock.now(), by=actor(request))
    return _out(row)


@router.post("/joint-projects/{joint_project_id}/result", auth=WRITE, response=shapes.JointProjectOut)
def write_joint_result(
    request: HttpRequest, joint_project_id: str, body: shapes.JointResultIn
) -> shapes.JointProjectOut:  # fmt: skip
    """Write how it ended: costs and leads are divided, and what evens the two sides out is booked once."""
    row = _found(request, joint_project_id)
    return _out(settling.write_result(
        row, leads=body.leads, costs=_amounts(body.costs), note=body.note, now=clock.now(), by=actor(request)
    ))  # fmt: skip


@router.post("/joint-projects/{joint_project_id}/take-back", auth=WRITE, response=shapes.JointProjectOut)
def take_joint_result_back(
    request: HttpRequest, joint_project_id: str, body: shapes.JointReason
) -> shapes.JointProjectOut:
    """Take a result back by a second booking."""
    row = _found(request, joint_project_id)
    return _out(settling.take_result_back(row, reason=body.reason, now=clock.now(), by=actor(request)))


def _found(request: HttpRequest, joint_project_id: str) -> JointProject:
    return find(asker(request), JointProject, joint_project_id, "program", "enrolment__partner", "enrolment__program")


def _fields(given: Mapping[str, Any]) -> Any:
    """Return what was given by the names that the verb knows."""
    found = {_NAMES.get(name, name): value for name, value in given.items()}
    if "happens_on" in found:
        found["happens_on"] = day_of(found["happens_on"], "/happens_on")
    if "costs" in found:
        found["costs"] = [
            {"name": one["name"], "planned_minor": one["planned"], "paid_by": one["paid_by"]} for one in found["costs"]
        ]
    return found


def _amounts(costs: Sequence[shapes.JointAmount]) -> dict[UUID, int]:
    found = {}
    for place, one in enumerate(costs):
        try:
            found[parse_id("jnc", one.cost)] = one.amount
        except Invalid as error:
            raise Invalid([Problem(f"/costs/{place}/cost", "No such cost.", "not_found")]) from error
    return found


def _out(row: JointProject) -> shapes.JointProjectOut:
    return _shown([with_parts(JointProject.objects.filter(pk=row.pk)).get()])[0]


def _shown(rows: Sequence[JointProject]) -> list[shapes.JointProjectOut]:
    outcomes = outcomes_of(rows)
    return [_project(row, stage, outcomes.get(row.pk, Outcome())) for row, stage in staged(rows, clock.now())]


def _project(row: JointProject, stage: Stage, brought: Outcome) -> shapes.JointProjectOut:
    costs = list(row.costs.all())
    return shapes.JointProjectOut(
        id=text_id("jnt", row.pk), program=text_id("prg", row.program_id), enrolment=text_id("enr", row.enrolment_id),
        kind=cast(shapes.JointKind, row.kind), title=row.title, text=row.text, happens_on=row.happens_on,
        state=cast(shapes.JointState, row.state), stage=stage, asked_by=cast(shapes.JointSide, row.asked_by),
        last_by=cast(shapes.JointSide, row.last_by), version=row.version, our_cost=row.our_cost_ppm,
        our_leads=row.our_leads_ppm, currency=row.currency,
        costs=[
            shapes.JointCostOut(
                id=text_id("jnc", one.pk), name=one.name, planned=one.planned_minor, actual=one.actual_minor,
                counted=rules.counted_minor(one), paid_by=cast(shapes.JointSide, one.paid_by),
            )
            for one in costs
        ],
        planned=_shares(rules.planned(costs, row.our_cost_ppm)), link=shown_id("lnk", row.link_id),
        coupon=shown_id("cpn", row.coupon_id), result=_result(row) if row.state == "done" else None,
        outcome=shapes.JointOutcomeOut(
            clicks=brought.clicks, sales=brought.sales, leads=brought.leads, value=brought.value_minor
        ),
        created_at=row.created_at, agreed_at=row.agreed_at, ended_at=row.ended_at, reason=row.reason,
    )  # fmt: skip


def _shares(of: Settlement) -> shapes.JointSharesOut:
    return shapes.JointSharesOut(
        total=of.total_minor, ours=of.ours_minor, partners=of.theirs_minor, to_partner=of.to_partner_minor
    )


def _result(row: JointProject) -> shapes.JointResultOut:
    leads = row.leads or 0
    return shapes.JointResultOut(
        total=row.total_minor, ours=row.our_minor, partners=row.partner_minor, leads=leads, our_leads=row.our_leads,
        partner_leads=row.partner_leads, cost_per_lead=rules.cost_each(row.total_minor, leads),
        our_cost_per_lead=rules.cost_each(row.our_minor, row.our_leads),
        partner_cost_per_lead=rules.cost_each(row.partner_minor, row.partner_leads), settled=row.settled_minor,
        transaction=row.transaction_number, note=row.result_note,
    )  # fmt: skip


def _proof(row: JointProof) -> shapes.JointProofOut:
    return shapes.JointProofOut(
        id=text_id("jnp", row.pk), project=text_id("jnt", row.project_id), side=cast(shapes.JointSide, row.side),
        link=row.link, file=shown_id("fil", row.file_id), number=row.number, unit=row.unit, note=row.note,
        state=cast(shapes.ProofState, row.state), reason=row.reason, sent_at=row.sent_at, decided_at=row.decided_at,
    )  # fmt: skip
