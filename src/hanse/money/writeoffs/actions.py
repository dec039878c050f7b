"""The verb of write-offs. Nothing else books them."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from hanse.kernel.errors import Conflict, Invalid, Problem, Refused
from hanse.kernel.ids import new_id
from hanse.money.ledger.actions import lock_chain, post
from hanse.money.ledger.queries import balances
from hanse.money.ledger.types import WRITTEN_OFF, Balances, Line, Posting, PotKind
from hanse.money.promises.actions import settle
from hanse.money.writeoffs.rules import Debt, Obstacle, debt_of, obstacle_to
from hanse.programs.enrolments.models import Enrolment
from hanse.spine.audit.actions import record_change


def write_off(enrolment: Enrolment, amount_minor: int, reason: str, now: datetime, by: str) -> int:
    """Give up all that somebody who has left owes, and return the transaction's number.

    `amount_minor` is what the person saw: where it is another by now, nothing is booked and Conflict says so. Raises
    Invalid without a reason, Refused while the debt may still change.
    """
    if not reason.strip():
        raise Invalid([Problem("/reason", _("Say why: the partner and your colleagues will read it."), "required")])
    lock_chain()
    row = Enrolment.objects.select_for_update(of=("self",)).select_related("program").get(pk=enrolment.pk)
    settle([row.pk], now)  # what terms forgive by themselves is the program's cost, and no loss
    pots = balances([row.pk]).get(row.pk, Balances(row.program.currency))
    obstacle = obstacle_to(pots, has_left=row.status == Enrolment.Status.ENDED)
    if obstacle is not None:
        raise Refused(obstacle, obstacle_words(obstacle))
    debt = debt_of(pots)
    if debt.minor != amount_minor:
        raise Conflict(_("What they owe has changed meanwhile. Look at it again, then decide."))
    number = post(_posting(row, debt, reason, now, by), now)
    record_change(
        actor=by, verb="write_off", subject_kind="enrolment", subject_id=row.pk, before={},
        after={"amount_minor": debt.minor, "transaction": number}, reason=reason, now=now,
    )  # fmt: skip
    return number


def obstacle_words(obstacle: Obstacle) -> str:
    """Say what stands against it, and what to do."""
    return {
        "still_here": _("Only what somebody owes who has left can be written off: later earnings pay it."),
        "on_hold": _("Something is still on hold for them: wait until the hold is over, it pays what they owe first."),
        "on_its_way": _("A payment to them is on its way: note first whether it arrived."),
        "nothing_owed": _("They owe nothing: nothing is left to write off."),
    }[obstacle]


def _posting(row: Enrolment, debt: Debt, reason: str, now: datetime, by: str) -> Posting:
    """Program loss −n, payable +a, advance +b with a + b = n (domain.md §6, exit)."""
    currency = row.program.currency
    pots: tuple[tuple[PotKind, int], ...] = (("payable", debt.payable_minor), ("advance", debt.advance_minor))
    lines = (
        Line("program_loss", row.program_id, None, -debt.minor, currency),
        *(Line(pot, row.program_id, row.pk, minor, currency) for pot, minor in pots if minor),
    )
    return Posting(f"write-off:{new_id(now)}", WRITTEN_OFF, now, lines, reason[:300], by[:200])
