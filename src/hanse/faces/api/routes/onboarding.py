"""Onboarding: paths, each partner's way, our tasks, the numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Query, Router

from hanse.faces.api.access import READ, WRITE, actor, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, narrow, own_program, reach
from hanse.faces.api.routes.onboarding_shapes import (
    CurveOut,
    DoneIn,
    DropIn,
    GiveIn,
    JoinedGroupOut,
    MarkIn,
    MomentOut,
    OnboardingOut,
    OnboardingPage,
    PartOut,
    PathChoice,
    PathOut,
    PathsIn,
    PathsOut,
    PathStepOut,
    ReachedOut,
    ReopenIn,
    ReportOut,
    RetentionOut,
    TaskOut,
    TaskPage,
    WatchedIn,
    WayOut,
    WayStepOut,
)
from hanse.growth.onboarding import actions
from hanse.growth.onboarding.models import Onboarding, OnboardingVersion, OwnerTask
from hanse.growth.onboarding.queries import paths_in, progress_of, version_in_force
from hanse.growth.onboarding.report import report_of
from hanse.growth.onboarding.rules import written
from hanse.growth.onboarding.types import Group, Reached
from hanse.growth.onboarding.words import step_title
from hanse.insight.survival.rules import curve
from hanse.insight.survival.types import Curve, Part
from hanse.kernel import clock
from hanse.kernel.clock import local_day
from hanse.kernel.errors import Invalid, Problem
from hanse.kernel.ids import text_id
from hanse.people.access.models import TeamUser
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program

router = Router(tags=["Onboarding"])
Days = Annotated[int, Query(ge=1, le=730, description="Who joined in so many days, today included.")]
_WITH = ("program", "partner", "tier")


@router.get("/onboarding/report", auth=READ, response=ReportOut)
def report_onboarding(
    request: HttpRequest, program: str = "", by: Literal["cohort", "type", "source"] = "cohort", days: Days = 365
) -> ReportOut:
    """Show where partners get through, how long it takes, and what a first month with a sale keeps."""
    found = own_program(asker(request), program or None, "/query/program")
    today = local_day(clock.now(), found.time_zone)
    report = report_of(found.pk, today, today - timedelta(days=days - 1), by)
    kept, times = report.retention, report.retention.ratio
    return ReportOut(
        since=report.since, joined=report.joined, fresh=report.fresh, steps=_reached(report.steps),
        terms_accepted=report.beside["terms"], pieces=report.beside["piece"], payout_details=report.beside["details"],
        until_click=_curve(report.times["click"]), until_sale=_curve(report.times["sale"]),
        until_payout=_curve(report.times["payout"]), until_engaged=_known(report.times.get("engaged")),
        until_referral=_known(report.times.get("referral")), first_month=_part(report.first_month),
        retention=RetentionOut(
            with_win=_part(kept.with_win), without=_part(kept.without), times=times.times if times else None,
            times_low=times.low if times else None, times_high=times.high if times else None,
        ),
        by=by, groups=[_group(one) for one in report.groups],
    )  # fmt: skip


@router.post("/onboarding/times/preview", auth=READ, response=CurveOut)
def preview_times(request: HttpRequest, body: WatchedIn) -> CurveOut:
    """Estimate times until an event by Kaplan and Meier from a table; nothing is stored."""
    had, censored = Counter[int](), Counter[int]()
    for one in body.watched:
        (had if one.happened else censored)[one.days] += one.count
    return _curve(curve(had, censored))


@router.get("/onboarding/paths", auth=READ, response=PathsOut)
def read_paths(request: HttpRequest, program: str = "") -> PathsOut:
    """Read the paths in force."""
    return _paths(version_in_force(own_program(asker(request), program or None, "/query/program").pk))


@router.put("/onboarding/paths", auth=WRITE, response=PathsOut)
def put_paths(request: HttpRequest, body: PathsIn) -> PathsOut:
    """Publish the next version of the paths; whoever is on the way stays on theirs."""
    program = own_program(asker(request), body.program)
    sent = {"paths": [path.model_dump() for path in body.paths]}
    return _paths(actions.publish_paths(program, sent, note=body.note, now=clock.now(), by=actor(request)))


@router.get("/onboardings", auth=READ, response=OnboardingPage)
def list_onboardings(
    request: HttpRequest, program: str = "", next_step: str = "", cursor: Cursor = "", limit: Limit = PAGE
) -> OnboardingPage:
    """List partners' ways, the newest first."""
    key = asker(request)
    rows = narrow(key, reach(key, Onboarding), {"program_id": (Program, program)})
    page, following = take_page(rows.filter(next_step=next_step[:40]) if next_step else rows, cursor, limit)
    shown = [
        OnboardingOut(
            enrolment=text_id("enr", row.pk), path=row.path_key, joined_on=row.joined_on, next_step=row.next_step,
            next_since=row.next_since, completed_on=row.completed_on,
        )
        for row in page
    ]  # fmt: skip
    return OnboardingPage(data=shown, next_cursor=following)


@router.get("/enrolments/{enrolment_id}/onboarding", auth=READ, response=WayOut)
def read_onboarding(request: HttpRequest, enrolment_id: str) -> WayOut:
    """Read one partner's way, as of now."""
    return _way(find(asker(request), Enrolment, enrolment_id, *_WITH))


@router.post("/enrolments/{enrolment_id}/onboarding/mark", auth=WRITE, response=WayOut)
def mark_step(request: HttpRequest, enrolment_id: str, body: MarkIn) -> WayOut:
    """Mark a step that completes by hand as done."""
    row = find(asker(request), Enrolment, enrolment_id, *_WITH)
    actions.mark_step(
        row, body.step, on=day_of(body.on, "/on"), note=body.note, address=body.address, now=clock.now(),
        by=actor(request),
    )  # fmt: skip
    return _way(row)


@router.post("/enrolments/{enrolment_id}/onboarding/reopen", auth=WRITE, response=WayOut)
def reopen_step(request: HttpRequest, enrolment_id: str, body: ReopenIn) -> WayOut:
    """Take a step that was marked by hand back."""
    row = find(asker(request), Enrolment, enrolment_id, *_WITH)
    actions.unmark_step(row, body.step, now=clock.now(), by=actor(request))
    return _way(row)


@router.put("/enrolments/{enrolment_id}/onboarding/path", auth=WRITE, response=WayOut)
def put_on_path(request: HttpRequest, enrolment_id: str, body: PathChoice) -> WayOut:
    """Put a partner on another path."""
    row = find(asker(request), Enrolment, enrolment_id, *_WITH)
    actions.move_to_path(row, body.path, now=clock.now(), by=actor(request))
    return _way(row)


@router.get("/owner-tasks", auth=READ, response=TaskPage)
def list_owner_tasks(request: HttpRequest, program: str = "", cursor: Cursor = "", limit: Limit = PAGE) -> TaskPage:
    """List what our people have to do for new partners, the newest first."""
    key = asker(request)
    rows = narrow(key, reach(key, OwnerTask), {"program_id": (Program, program)})
    open_ones = rows.filter(done_at=None, dropped_at=None).select_related("owner")
    page, following = take_page(open_ones, cursor, limit)
    return TaskPage(data=[_task(row) for row in page], next_cursor=following)


@router.post("/owner-tasks/{task_id}/done", auth=WRITE, response=TaskOut)
def finish_owner_task(request: HttpRequest, task_id: str, body: DoneIn) -> TaskOut:
    """Say that a task is done; its step is done with it."""
    row = find(asker(request), OwnerTask, task_id, "owner")
    return _task(actions.finish_task(row, note=body.note, now=clock.now(), by=actor(request)))


@router.post("/owner-tasks/{task_id}/give", auth=WRITE, response=TaskOut)
def give_owner_task(request: HttpRequest, task_id: str, body: GiveIn) -> TaskOut:
    """Give a task to a colleague, or another day."""
    row = find(asker(request), OwnerTask, task_id, "owner")
    owner = TeamUser.objects.filter(email=body.owner.lower(), partner=None).first() if body.owner else None
    if body.owner and owner is None:
        raise Invalid([Problem("/owner", "There is no such colleague.", "not_found")])
    due_on = day_of(body.due_on, "/due_on")
    assert due_on is not None
    actions.hand_over(row, owner=owner, due_on=due_on, now=clock.now(), by=actor(request))
    row.owner = owner
    return _task(row)


@router.post("/owner-tasks/{task_id}/drop", auth=WRITE, response=TaskOut)
def drop_owner_task(request: HttpRequest, task_id: str, body: DropIn) -> TaskOut:
    """Say that a task is not needed."""
    row = find(asker(request), OwnerTask, task_id, "owner")
    actions.drop_task(row, reason=body.reason, now=clock.now(), by=actor(request))
    return _task(row)


def day_of(text: str | None, pointer: str) -> date | None:
    """Read a day. Raises Invalid for one that the calendar does not have."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Invalid([Problem(pointer, "This day does not exist.", "bad_date")]) from error


def _paths(version: OnboardingVersion | None) -> PathsOut:
    body = written(paths_in(version))["paths"]
    paths = [PathOut(**{**path, "steps": [PathStepOut(**step) for step in path["steps"]]}) for path in body]
    return PathsOut(version=version.number if version else 0, paths=paths)


def _way(row: Enrolment) -> WayOut:
    found = progress_of(row)
    steps = [
        WayStepOut(
            key=one.step.key, title=step_title(one.step), who=one.step.who, done_on=one.done_on,
            implied=one.is_implied,
        )
        for one in found.steps
    ]  # fmt: skip
    return WayOut(
        enrolment=text_id("enr", row.pk), path=found.path.key, next_step=found.next.key if found.next else "",
        completed_on=found.completed_on, steps=steps,
    )  # fmt: skip


def _task(row: OwnerTask) -> TaskOut:
    return TaskOut(
        id=text_id("tsk", row.pk), enrolment=text_id("enr", row.onboarding_id), step=row.key, title=row.title,
        owner=row.owner.email if row.owner else "", due_on=row.due_on,
    )  # fmt: skip


def _reached(steps: Sequence[Reached]) -> list[ReachedOut]:
    return [ReachedOut(step=one.key, partners=one.partners, lost=one.lost) for one in steps]


def _group(one: Group) -> JoinedGroupOut:
    return JoinedGroupOut(
        key=one.key, joined=one.joined, fresh=one.fresh, steps=_reached(one.steps),
        median_days_to_sale=one.until_sale.median, first_month=_part(one.first_month),
    )  # fmt: skip


def _part(one: Part) -> PartOut:
    return PartOut(count=one.count, of=one.of, share=one.share, low=one.low, high=one.high)


def _known(curve: Curve | None) -> CurveOut | None:
    return _curve(curve) if curve else None


def _curve(one: Curve) -> CurveOut:
    moments = [
        MomentOut(
            day=at.day, at_risk=at.at_risk, events=at.events, waiting=at.waiting, standard_error=at.standard_error,
            low=at.low, high=at.high,
        )
        for at in one.moments
    ]  # fmt: skip
    return CurveOut(
        n=one.n, events=one.events, censored=one.censored, median=one.median, median_low=one.median_low,
        median_high=one.median_high, last_day=one.last_day, moments=moments,
    )  # fmt: skip
