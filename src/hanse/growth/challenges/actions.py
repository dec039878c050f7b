"""Verbs of challenges: write one, open it, better it, end it early."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Unpack

from django.utils.translation import gettext as _

from hanse.growth.audiences.queries import read_condition
from hanse.growth.budgets.guarding import check_offer
from hanse.growth.budgets.offers import prize_offer
from hanse.growth.challenges.models import Challenge
from hanse.growth.challenges.rules import LONGEST_DAYS
from hanse.growth.challenges.settling import notice_reached
from hanse.growth.challenges.types import ChallengeFields
from hanse.kernel.clock import local_day
from hanse.kernel.errors import Invalid, Refused
from hanse.kernel.ids import new_id
from hanse.kernel.money import MAX_AMOUNT_MINOR
from hanse.programs.programs.models import Program
from hanse.spine.audit.actions import audited_save, record_creation
from hanse.spine.checks import Checks

_MOST = 10**15
_PROMISED = ("metric", "target", "starts_on", "audience", "is_reviewed", "gift")
_AUDITED = ("name", "metric", "target", "starts_on", "ends_on", "prize_minor", "gift", "most_winners")


def keep_challenge(
    program: Program, *, now: datetime, by: str, instead_of: Challenge | None = None, **fields: Unpack[ChallengeFields]
) -> Challenge:
    """Write a challenge down as a draft; `instead_of` is changed in its place. Raises Invalid.

    Once it is open, what partners were promised holds: the goal stays, the end may only move out, the prize and the
    number of winners may only grow; words may always be bettered. Other changes are refused.
    """
    values = _checked(program, fields, instead_of)
    if instead_of is None:
        row = Challenge.objects.create(
            id=new_id(now), program=program, currency=program.currency, created_at=now, created_by=by[:200], **values
        )  # fmt: skip
        record_creation(row, actor=by, verb="keep_challenge", fields=_AUDITED, now=now)
        return row
    if instead_of.opened_at is not None:
        _keep_promise(instead_of, values)
        _check_better(instead_of, values, now, by)
    audited_save(instead_of, values, actor=by, verb="change_challenge", now=now)
    return instead_of


def open_challenge(challenge: Challenge, *, now: datetime, by: str) -> Challenge:
    """Show a challenge to its audience; from now on its promise holds. Refuses one whose last day is over, and
    what a budget does not allow (OverBudget)."""
    row = Challenge.objects.select_for_update(of=("self",)).select_related("program").get(pk=challenge.pk)
    if row.cancelled_at is not None or row.opened_at is not None:
        raise Refused("not_a_draft", _("Only a draft can be opened."))
    if row.ends_on < local_day(now, row.program.time_zone):
        raise Refused("over", _("Its last day is over. Change the days first."))
    check_offer(row.program, prize_offer(row, row.most_winners, row.prize_minor, now), now=now, by=by)
    audited_save(row, {"opened_at": now}, actor=by, verb="open_challenge", now=now)
    challenge.refresh_from_db()
    return challenge


def cancel_challenge(challenge: Challenge, *, reason: str, now: datetime, by: str) -> Challenge:
    """End a challenge early: nobody new reaches it, who reached it before is still paid. A draft is put away.

    Raises Invalid without a reason where it was open: partners read it.
    """
    row = Challenge.objects.select_for_update(of=("self",)).select_related("program").get(pk=challenge.pk)
    checks = Checks()
    reason = checks.text("reason", reason, 2000, required=row.opened_at is not None, lines=True)
    checks.done()
    if row.cancelled_at is not None:
        raise Refused("cancelled", _("This was ended already."))
    notice_reached(row, now)
    values = {"cancelled_at": now, "cancel_reason": reason}
    audited_save(row, values, actor=by, verb="cancel_challenge", reason=reason, now=now)
    challenge.refresh_from_db()
    return challenge


def _checked(program: Program, fields: ChallengeFields, before: Challenge | None) -> dict[str, Any]:
    checks = Checks()
    said: dict[str, Any] = {
        name: fields.get(name, getattr(before, name) if before else None) for name in ChallengeFields.__annotations__
    }
    metric = checks.one_of("metric", str(said["metric"] or ""), Challenge.Metric.values)
    values: dict[str, Any] = {
        "name": checks.text("name", said["name"] or "", 120, required=True),
        "text": checks.text("text", said["text"] or "", 4000, lines=True),
        "metric": metric,
        "target": 1 if metric == "proof" else checks.whole_number("target", said["target"], 1, _MOST),
        "gift": checks.text("gift", said["gift"] or "", 200),
        "is_reviewed": bool(said["is_reviewed"]) or metric == "proof",
        "audience": said["audience"],
        "most_winners": said["most_winners"],
    }
    least = 0 if values["gift"] else 1
    values["prize_minor"] = checks.whole_number("prize", said["prize_minor"], least, MAX_AMOUNT_MINOR)
    if said["most_winners"] is not None:
        checks.whole_number("most_winners", said["most_winners"], 1, 1_000_000)
    _check_days(checks, said, values)
    try:
        read_condition(said["audience"], "/audience")
    except Invalid as refused:
        checks.problems.extend(refused.problems)
    checks.done()
    return values


def _check_days(checks: Checks, said: dict[str, Any], values: dict[str, Any]) -> None:
    for name in ("starts_on", "ends_on"):
        if said[name] is None:
            checks.refuse(name, _("Please fill this in."), "required")
        values[name] = said[name]
    if said["starts_on"] is None or said["ends_on"] is None:
        return
    if said["ends_on"] < said["starts_on"]:
        checks.refuse("ends_on", _("It ends before it starts."), "out_of_range")
    elif (said["ends_on"] - said["starts_on"]).days > LONGEST_DAYS:
        checks.refuse("ends_on", _("At most two years, please."), "out_of_range")


def _keep_promise(before: Challenge, values: dict[str, Any]) -> None:
    checks = Checks()
    for name in _PROMISED:
        if values[name] != getattr(before, name):
            checks.refuse(name, _("This was promised when it was opened and stays."), "promised")
    if values["ends_on"] < before.ends_on:
        checks.refuse("ends_on", _("The end may only be moved to a later day."), "promised")
    if values["prize_minor"] < before.prize_minor:
        checks.refuse("prize", _("The prize may only grow."), "promised")
    if before.most_winners != values["most_winners"] and not (
        values["most_winners"] is None or (before.most_winners or _MOST) < values["most_winners"]
    ):
        checks.refuse("most_winners", _("There may only be more winners."), "promised")
    checks.done()


def _check_better(before: Challenge, values: dict[str, Any], now: datetime, by: str) -> None:
    """Let the budget's rule look at what a better prize, or more winners, add to what is promised already."""
    winners, prize_minor = values["most_winners"], values["prize_minor"]
    more = (winners or 1) * prize_minor - (before.most_winners or 1) * before.prize_minor
    if before.cancelled_at is None and more > 0:
        check_offer(before.program, prize_offer(before, 1, more, now), now=now, by=by)
