"""Verbs of agreeing: ask a partner for a deliverable, better it, say yes or no, call it off."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Unpack

from django.utils.translation import gettext as _

from hanse.growth.budgets.guarding import check_offer
from hanse.growth.budgets.offers import sum_offer
from hanse.growth.budgets.rules import moves_quarter
from hanse.growth.deliverables import rules
from hanse.growth.deliverables.fees import is_named, promised_fees
from hanse.growth.deliverables.letters import tell_partner, tell_team
from hanse.growth.deliverables.models import Deliverable
from hanse.growth.deliverables.noting import locked, move_to, record, say
from hanse.growth.deliverables.types import DeliverableFields, Side
from hanse.growth.negotiations.queries import is_on_offer
from hanse.kernel.clock import local_day
from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id, text_id
from hanse.kernel.money import MAX_AMOUNT_MINOR
from hanse.programs.enrolments.models import Enrolment
from hanse.spine.audit.actions import audited_save
from hanse.spine.checks import Checks

State = Deliverable.State
_AGREED = ("sort", "channel", "usage", "usage_where", "usage_until")


def ask_for(
    enrolment: Enrolment, *, now: datetime, by: str, is_agreed: bool = False, **fields: Unpack[DeliverableFields]
) -> Deliverable:
    """Ask a partner for a deliverable; they read the brief in their portal and say yes or no.

    `is_agreed`: they said yes already, by mail or aloud. Raises Invalid; refuses who is not in the program, or not any
    more, and a fee that the budget does not allow (OverBudget).
    """
    if enrolment.status in (Enrolment.Status.PENDING, Enrolment.Status.ENDED):
        raise Refused("enrolment_closed", _("Only partners who are in the program can be asked."))
    values = _checked(enrolment, fields, None, now)
    check_budget(enrolment, values["title"], values["due_on"], values["fee_minor"], now, by)
    row = Deliverable.objects.create(
        id=new_id(now), program=enrolment.program, enrolment=enrolment, currency=enrolment.program.currency,
        state=State.AGREED if is_agreed else State.ASKED, state_at=now, created_at=now, created_by=by[:200], **values,
    )  # fmt: skip
    record(row, "ask_for_deliverable", "", now, by)
    tell_partner(row, "asked", now)
    return row


def change(deliverable: Deliverable, *, now: datetime, by: str, **fields: Unpack[DeliverableFields]) -> Deliverable:
    """Better what is asked for, as long as it is not accepted. Raises Invalid.

    Once the partner said yes, what was agreed stands: the fee may only grow, the day only move out, rights stay; words
    may always be bettered.
    """
    row = locked(deliverable)
    if row.state not in rules.OPEN:
        raise Refused("settled", _("This is settled: nothing of it changes any more."))
    values = _checked(row.enrolment, fields, row, now)
    if row.state != State.ASKED:
        _keep_agreed(row, values)
    if values["fee_minor"] and values["fee_minor"] != row.fee_minor:
        _refuse_fee_twice(row, now)
    added_minor = values["fee_minor"] - row.fee_minor + put_off_minor(row, values["due_on"], now)
    check_budget(row.enrolment, values["title"], values["due_on"], added_minor, now, by)
    if audited_save(row, values, actor=by, verb="change_deliverable", now=now):
        tell_partner(row, "changed", now)
    deliverable.refresh_from_db()
    return deliverable


def _refuse_fee_twice(row: Deliverable, now: datetime) -> None:
    checks = Checks()
    if is_named(row, now):
        checks.refuse("fee", _("Terms promise a fee for this already; one of the two is enough."), "fee_twice")
    elif is_on_offer(row.pk, row.enrolment_id, now):
        message = _("A proposal that waits for its answer promises a fee for this; one of the two is enough.")
        checks.refuse("fee", message, "fee_twice")
    checks.done()


def agree(
    deliverable: Deliverable, *, side: Side = "partner", mark: str = "", now: datetime, by: str
) -> Deliverable:  # fmt: skip
    """Say yes to what is asked; `side` team: the partner said so in another way. Said twice, it stays as it is.

    With the `mark` of what was read (rules.mark_of), refuses where anything of it was changed since.
    """
    row = locked(deliverable)
    if mark and row.state == State.ASKED and mark != rules.mark_of(row):
        raise Refused("changed", _("This was changed meanwhile. Please read it again."))
    if row.state in (State.DECLINED, State.CANCELLED):
        raise Refused("put_away", _("This was put away."))
    if row.state == State.ASKED:
        move_to(row, State.AGREED, now)
        record(row, "agree_to_deliverable", "", now, by)
        if side == "partner":
            tell_team(row, "agreed", now)
    deliverable.refresh_from_db()
    return deliverable


def decline(deliverable: Deliverable, *, reason: str, now: datetime, by: str) -> Deliverable:
    """Say no as the partner, with a reason: before agreeing, or when it cannot be done after all.

    Raises Invalid without a reason; refuses what is accepted.
    """
    row = locked(deliverable)
    reason = _reason(reason)
    if row.state == State.DECLINED:
        return deliverable
    if row.state not in rules.OPEN:
        raise Refused("settled", _("This is settled: nothing of it changes any more."))
    say(row, "partner", "declined", reason, now, by)
    move_to(row, State.DECLINED, now, reason=reason)
    record(row, "decline_deliverable", reason, now, by)
    tell_team(row, "declined", now)
    deliverable.refresh_from_db()
    return deliverable


def cancel(deliverable: Deliverable, *, reason: str, now: datetime, by: str) -> Deliverable:
    """Call a deliverable off, with a reason that the partner reads; nothing is owed for it. Refuses what is accepted:
    take the acceptance back first."""
    row = locked(deliverable)
    reason = _reason(reason)
    if row.state == State.CANCELLED:
        return deliverable
    if row.state not in rules.OPEN:
        raise Refused("settled", _("This is settled. Take the acceptance back before you call it off."))
    say(row, "team", "cancelled", reason, now, by)
    move_to(row, State.CANCELLED, now, reason=reason)
    record(row, "cancel_deliverable", reason, now, by)
    tell_partner(row, "cancelled", now)
    deliverable.refresh_from_db()
    return deliverable


def _reason(text: str) -> str:
    checks = Checks()
    text = checks.text("reason", text, 2000, required=True, lines=True)
    checks.done()
    return text


def _checked(
    enrolment: Enrolment, fields: DeliverableFields, before: Deliverable | None, now: datetime
) -> dict[str, Any]:
    checks, today = Checks(), local_day(now, enrolment.program.time_zone)
    said: dict[str, Any] = {"sort": "content", "answer_days": 3, "fee_minor": 0}
    said |= {name: getattr(before, name) for name in DeliverableFields.__annotations__} if before else {}
    said |= fields
    values: dict[str, Any] = {
        "title": checks.text("title", said.get("title") or "", 120, required=True),
        "sort": checks.one_of("sort", str(said["sort"] or ""), Deliverable.Sort.values),
        "brief": checks.text("brief", said.get("brief") or "", 8000, required=True, lines=True),
        "channel": checks.text("channel", said.get("channel") or "", 80),
        "answer_days": checks.whole_number("answer_days", said["answer_days"], 1, 30),
        "fee_minor": checks.whole_number("fee", said["fee_minor"], 0, MAX_AMOUNT_MINOR),
        "usage": checks.text("usage", said.get("usage") or "", 2000, lines=True),
        "usage_where": checks.text("usage_where", said.get("usage_where") or "", 200),
        "usage_until": said.get("usage_until"),
        "disclosure": checks.text("disclosure", _disclosure(said, before, enrolment), 200),
        "due_on": said.get("due_on"), "live_on": said.get("live_on"),
    }  # fmt: skip
    _check_days(checks, values, before, today)
    checks.done()
    return values


def _disclosure(said: dict[str, Any], before: Deliverable | None, enrolment: Enrolment) -> str:
    """Return what was said; else, for a piece that is published, the usual mark of the partner's country."""
    text = said.get("disclosure")
    if text is not None or before is not None:
        return text or ""
    is_published = said["sort"] in (Deliverable.Sort.CONTENT, Deliverable.Sort.NEWSLETTER_SLOT)
    return rules.disclosure_hint(enrolment.partner.country) if is_published else ""


def _check_days(checks: Checks, values: dict[str, Any], before: Deliverable | None, today: date) -> None:
    due_on, live_on, until = values["due_on"], values["live_on"], values["usage_until"]
    latest = today + timedelta(days=rules.LONGEST_DAYS)
    if due_on is None:
        checks.refuse("due_on", _("Please fill this in."), "required")
        return
    if (before is None or due_on != before.due_on) and due_on < today:
        checks.refuse("due_on", _("This day is over already."), "in_the_past")
    if due_on > latest:
        checks.refuse("due_on", _("At most two years, please."), "out_of_range")
    if live_on is not None and not due_on <= live_on <= latest + timedelta(days=rules.LONGEST_DAYS):
        checks.refuse("live_on", _("It goes public on the day when it is due, or later."), "out_of_range")
    if until is not None and until < due_on:
        checks.refuse("usage_until", _("Our right to use it ends after the day when it is due."), "out_of_range")


def put_off_minor(row: Deliverable, due_on: date, now: datetime) -> int:
    """Return what another day brings into another quarter's budget: all that acceptance pays, or nothing."""
    if not moves_quarter(row.due_on, due_on, now, row.program.time_zone):
        return 0
    return promised_fees([row], now)[row.pk].minor


def check_budget(enrolment: Enrolment, title: str, due_on: date, more_minor: int, now: datetime, by: str) -> None:
    """Let the budget's rule look at what a fee adds. An approval is for this partner, title, sum and month."""
    if more_minor > 0 and not enrolment.is_test:
        about = f"{text_id('enr', enrolment.pk)}:{title[:60]}"
        offer = sum_offer("deliverable", about, enrolment, title, more_minor, due_on, now)
        check_offer(enrolment.program, offer, now=now, by=by)


def _keep_agreed(before: Deliverable, values: dict[str, Any]) -> None:
    checks = Checks()
    for name in _AGREED:
        if values[name] != getattr(before, name):
            checks.refuse(name, _("This was agreed and stays. Call it off and agree anew."), "agreed")
    if values["fee_minor"] < before.fee_minor:
        checks.refuse("fee", _("The fee may only grow: it was agreed."), "agreed")
    if values["due_on"] < before.due_on:
        checks.refuse("due_on", _("The day may only move out: it was agreed."), "agreed")
    checks.done()
