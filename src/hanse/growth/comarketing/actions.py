"""Verbs of co-marketing before anything is done: ask, answer with other words, agree, decline, move, call off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Unpack

from django.utils.translation import gettext as _

from hanse.growth.budgets.guarding import check_offer
from hanse.growth.budgets.offers import sum_offer
from hanse.growth.budgets.rules import moves_quarter
from hanse.growth.comarketing import letters, rules
from hanse.growth.comarketing.checking import checked
from hanse.growth.comarketing.models import JointCost, JointProject
from hanse.growth.comarketing.team_letters import tell_team
from hanse.growth.comarketing.types import ProjectFields, Side
from hanse.kernel.clock import local_day
from hanse.kernel.errors import HanseError, Refused
from hanse.kernel.ids import new_id, text_id
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.offers.models import Offer
from hanse.spine.audit.actions import record_change
from hanse.spine.checks import Checks
from hanse.traffic.coupons.models import Coupon
from hanse.traffic.links.actions import create_link
from hanse.traffic.links.models import Link

State = JointProject.State
MOST_ASKED = 20


def ask_project(
    enrolment: Enrolment, *, side: Side, now: datetime, by: str, **fields: Unpack[ProjectFields]
) -> JointProject:
    """Propose to do something together; the other side is asked. Without shares it is half and half; the very same,
    while nobody has answered it, is the same request.

    Raises Invalid; refuses partners who are not in the program, test partners, and more than twenty open requests.
    """
    values, costs = checked(fields, None)
    _refuse_day_before(values["happens_on"], enrolment, now)
    _refuse_stranger(enrolment)
    open_ones = JointProject.objects.filter(enrolment=enrolment, state=State.ASKED)
    for known in open_ones.filter(asked_by=side, version=1, **values):
        if [(one.name, one.planned_minor, one.paid_by) for one in known.costs.order_by("position")] == [
            (line["name"], line["planned_minor"], line["paid_by"]) for line in costs
        ]:
            return known
    if open_ones.count() >= MOST_ASKED:
        raise Refused("too_many", _("There are twenty open requests already. Answer those first."))
    row = JointProject.objects.create(
        id=new_id(now), program_id=enrolment.program_id, enrolment=enrolment, currency=enrolment.program.currency,
        state=State.ASKED, asked_by=side, last_by=side, created_at=now, created_by=by[:200], **values,
    )  # fmt: skip
    if side == "us":
        _check_budget(row, _our_part(costs, row), now, by)  # before its costs are kept: or they would count twice
    _keep_costs(row, costs, now)
    record(row, "ask_joint_project", by, now)
    if side == "us":
        letters.tell_asked(row, now)
    else:
        tell_team(row, "asked", now, row.text)
    return row


def propose_again(
    project: JointProject, *, side: Side, version: int | None = None, now: datetime, by: str,
    **fields: Unpack[ProjectFields],
) -> JointProject:  # fmt: skip
    """Put another proposal in the place of the one on the table, from either side; now it is the other side's turn.

    What is not given stays. With `version`, refuses where a newer proposal lies there. Raises Invalid.
    """
    row = _on_the_table(project, version)
    before_minor, before_on = _our_share(row) if row.last_by == "us" else 0, row.happens_on
    values, costs = checked(fields, row)
    _refuse_day_before(values["happens_on"], row.enrolment, now)
    for name, value in {**values, "last_by": side, "version": row.version + 1}.items():
        setattr(row, name, value)
    if side == "us":
        is_moved = moves_quarter(before_on, row.happens_on, now, row.program.time_zone)
        _check_budget(row, _our_part(costs, row) - (0 if is_moved else before_minor), now, by)
    row.save(update_fields=[*values, "last_by", "version"])
    row.costs.all().delete()
    _keep_costs(row, costs, now)
    record(row, "propose_joint_project", by, now)
    if side == "us":
        letters.tell_asked(row, now)
    else:
        tell_team(row, "asked", now, row.text)
    project.refresh_from_db()
    return project


def agree_project(
    project: JointProject, *, side: Side, version: int | None = None, now: datetime, by: str
) -> JointProject:  # fmt: skip
    """Say yes to the other side's proposal: its costs are promised now, and a link counts what comes of it.

    Refuses one's own proposal, one that was answered, and with `version` one that is not what was read.
    """
    row = _on_the_table(project, version)
    if row.last_by == side:
        raise Refused("not_your_turn", _("This is your own proposal. The other side says yes to it."))
    _refuse_stranger(row.enrolment)
    if side == "us":
        _check_budget(row, _our_share(row), now, by)
    row.state, row.agreed_at, row.agreed_by = State.AGREED, now, by[:200]
    row.link = _make_link(row, now, by)
    row.save(update_fields=["state", "agreed_at", "agreed_by", "link"])
    record(row, "agree_joint_project", by, now)
    letters.tell_agreed(row, now)
    if side == "partner":
        tell_team(row, "agreed", now)
    project.refresh_from_db()
    return project


def decline_project(project: JointProject, *, side: Side, reason: str, now: datetime, by: str) -> JointProject:
    """Say no to a proposal, or take one's own back, with a reason that the other side reads. Raises Invalid."""
    row = _on_the_table(project, None)
    return _end(project, row, State.DECLINED, "decline_joint_project", side, reason, now, by)


def cancel_project(project: JointProject, *, side: Side, reason: str, now: datetime, by: str) -> JointProject:
    """Call off what was agreed: nothing is divided, each side keeps what it laid out. Raises Invalid without a reason;
    refuses what is not agreed, or settled."""
    row = locked_project(project)
    if row.state != State.AGREED:
        raise Refused("not_agreed", _("Only what is agreed and not settled can be called off."))
    return _end(project, row, State.CANCELLED, "cancel_joint_project", side, reason, now, by)


def move_project(project: JointProject, *, happens_on: date, now: datetime, by: str) -> JointProject:
    """Move what is agreed to another day; the partner is told. Into another quarter its budget has to allow
    (OverBudget)."""
    row = locked_project(project)
    if row.state != State.AGREED:
        raise Refused("not_agreed", _("Only what is agreed can be moved."))
    if row.happens_on != happens_on:
        _refuse_day_before(happens_on, row.enrolment, now)
        before, row.happens_on, row.reminded_at = row.happens_on, happens_on, None
        if moves_quarter(before, happens_on, now, row.program.time_zone):
            _check_budget(row, _our_share(row), now, by)
        row.save(update_fields=["happens_on", "reminded_at"])
        record(row, "move_joint_project", by, now, reason=before.isoformat())
        letters.tell_moved(row, now)
    project.refresh_from_db()
    return project


def set_code(project: JointProject, coupon: Coupon | None, *, now: datetime, by: str) -> JointProject:
    """Count the sales of a code of this partner with the project, or of none: from the moment when it was agreed.
    Refuses what is only asked, another's code, and one that counts for another project."""
    row = locked_project(project)
    if row.agreed_at is None:
        raise Refused("not_agreed", _("Only what is agreed counts a code."))
    if coupon is not None and coupon.enrolment_id != row.enrolment_id:
        raise Refused("other_partner", _("This code belongs to another partner."))
    taken = JointProject.objects.filter(coupon=coupon).exclude(pk=row.pk).exclude(state__in=_ENDED)
    if coupon is not None and taken.exists():
        raise Refused("taken", _("This code counts for another project already."))
    if row.coupon_id != (coupon.pk if coupon else None):
        row.coupon = coupon
        row.save(update_fields=["coupon"])
        record(row, "set_joint_code", by, now, reason=coupon.code if coupon else "")
    project.refresh_from_db()
    return project


_ENDED = (State.DECLINED, State.CANCELLED)


def locked_project(project: JointProject) -> JointProject:
    """Return the row, locked, with what verbs need of it."""
    rows = JointProject.objects.select_for_update(of=("self",))
    return rows.select_related("enrolment__program", "enrolment__partner", "program").get(pk=project.pk)


def record(row: JointProject, verb: str, by: str, now: datetime, reason: str = "") -> None:
    """Keep in the partner's log what happened to a project."""
    record_change(
        actor=by, verb=verb, subject_kind="enrolment", subject_id=row.enrolment_id, before={},
        after={"name": row.title, "project": row.pk, "version": row.version}, reason=reason, now=now,
    )  # fmt: skip


def _on_the_table(project: JointProject, version: int | None) -> JointProject:
    row = locked_project(project)
    if row.state != State.ASKED:
        raise Refused("answered", _("This was answered already."))
    if version is not None and version != row.version:
        raise Refused("changed", _("This proposal was changed meanwhile. Please read it again."))
    return row


def _end(
    project: JointProject, row: JointProject, state: str, verb: str, side: Side, reason: str, now: datetime, by: str
) -> JointProject:  # fmt: skip
    checks = Checks()
    reason = checks.text("reason", reason, 2000, required=True, lines=True)
    checks.done()
    row.state, row.reason, row.ended_at = state, reason, now
    row.save(update_fields=["state", "reason", "ended_at"])
    record(row, verb, by, now, reason=reason)
    if side == "us":
        letters.tell_ended(row, now)
    else:
        tell_team(row, state, now, reason)
    project.refresh_from_db()
    return project


def _keep_costs(row: JointProject, costs: Sequence[dict[str, Any]], now: datetime) -> None:
    JointCost.objects.bulk_create(
        JointCost(id=new_id(now), project=row, position=place, **line) for place, line in enumerate(costs)
    )


def _our_share(row: JointProject) -> int:
    return rules.planned(JointCost.objects.filter(project=row), row.our_cost_ppm).ours_minor


def _our_part(costs: Sequence[dict[str, Any]], row: JointProject) -> int:
    """Return what our share would be with costs that are not kept yet."""
    return rules.planned([JointCost(**line) for line in costs], row.our_cost_ppm).ours_minor


def _check_budget(row: JointProject, more_minor: int, now: datetime, by: str) -> None:
    """Let the budget's rule look at what our share of the costs adds. An approval is for this partner, title, sum and
    month. Raises OverBudget."""
    if more_minor > 0:
        about = f"{text_id('enr', row.enrolment_id)}:{row.title[:60]}"
        offer = sum_offer("joint", about, row.enrolment, row.title, more_minor, row.happens_on, now)
        check_offer(row.enrolment.program, offer, now=now, by=by)


def _make_link(row: JointProject, now: datetime, by: str) -> Link | None:
    """Make the link that counts; where none can be made (no offer, a closed one) the project goes on without."""
    offer = Offer.objects.filter(program=row.program, archived_at=None).order_by("created_at", "id").first()
    if offer is None:
        return None
    try:
        return create_link(row.enrolment, offer, label=row.title, initiative=row.title[:80], now=now, by=by)
    except HanseError:
        return None


def _refuse_stranger(enrolment: Enrolment) -> None:
    if enrolment.is_test or enrolment.status not in (Enrolment.Status.ACTIVE, Enrolment.Status.PAUSED):
        raise Refused("enrolment_closed", _("Joint projects are for partners who are in the program."))


def _refuse_day_before(day: date, enrolment: Enrolment, now: datetime) -> None:
    checks = Checks()
    today = local_day(now, enrolment.program.time_zone)
    if day < today or (day - today).days > 731:
        checks.refuse("happens_on", _("A day from today on, within two years, please."), "out_of_range")
    checks.done()
