"""Verbs of budgets: plan a quarter, take a plan back, say what happens beyond it, decide, look how it stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from hanse.growth.budgets import rules
from hanse.growth.budgets.guarding import ask_approval as ask_approval
from hanse.growth.budgets.models import Budget, BudgetRules, Overrun
from hanse.growth.budgets.queries import budgets_of, planned, standing, sums_of, when_over
from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.kernel.money import MAX_AMOUNT_MINOR
from hanse.people.partners.models import PartnerType
from hanse.programs.programs.models import Program
from hanse.programs.tiers.models import Tier
from hanse.spine.audit.actions import audited_save, record_change, record_creation
from hanse.spine.checks import Checks

_AUDITED = ("starts_on", "partner_type", "tier_id", "amount_minor", "note")


def keep_budget(
    program: Program, quarter: str, amount_minor: int, *, partner_type: str = "", tier: Tier | None = None,
    note: str = "", now: datetime, by: str,
) -> Budget:  # fmt: skip
    """Plan an amount (in the program's minor unit) for a quarter like 2026-Q2: for the whole program, a type, a tier,
    or a type within a tier. Planned again, the newer amount holds. Raises Invalid."""
    checks = Checks()
    first = rules.quarter_of(quarter)
    amount_minor = checks.whole_number("amount", amount_minor, 0, MAX_AMOUNT_MINOR)
    note = checks.text("note", note, 2000, lines=True)
    if partner_type and not PartnerType.objects.filter(pk=partner_type).exists():
        checks.refuse("type", _("There is no such type of partners."), "not_found")
    if tier is not None and tier.program_id != program.pk:
        checks.refuse("tier", _("This tier belongs to another program."), "not_found")
    checks.done()
    known = Budget.objects.select_for_update(of=("self",)).filter(
        program=program, starts_on=first, partner_type=partner_type, tier=tier
    )  # fmt: skip
    row = known.first()
    if row is not None:
        audited_save(row, {"amount_minor": amount_minor, "note": note}, actor=by, verb="change_budget", now=now)
        return row
    row = Budget.objects.create(
        id=new_id(now), program=program, starts_on=first, partner_type=partner_type, tier=tier,
        amount_minor=amount_minor, currency=program.currency, note=note, created_at=now, created_by=by[:200],
    )  # fmt: skip
    record_creation(row, actor=by, verb="keep_budget", fields=_AUDITED, now=now)
    return row


def drop_budget(budget: Budget, *, now: datetime, by: str) -> None:
    """Take a plan back, as if nothing had been planned there; the log keeps what it was."""
    before = {name: getattr(budget, name) for name in _AUDITED}
    record_change(
        actor=by, verb="drop_budget", subject_kind="budget", subject_id=budget.pk, before=before, after={}, now=now
    )  # fmt: skip
    Budget.objects.filter(pk=budget.pk).delete()


def set_when_over(program: Program, when: str, *, now: datetime, by: str) -> str:
    """Say whether offers beyond a budget warn (`warn`) or need approval (`approve`). Raises Invalid."""
    checks = Checks()
    when = checks.one_of("when_over", when, BudgetRules.WhenOver.values)
    checks.done()
    before = when_over(program.pk)
    if before != when:
        BudgetRules.objects.update_or_create(program=program, defaults={"when_over": when})
        record_change(
            actor=by, verb="change_budget_rules", subject_kind="program", subject_id=program.pk,
            before={"when_over": before}, after={"when_over": when}, now=now,
        )  # fmt: skip
    return when


def decide_overrun(overrun: Overrun, *, approve: bool, reason: str, now: datetime, by: str) -> Overrun:
    """Approve of an offer beyond a budget, or decline it, with a reason for the log. The offer itself is then made by
    whoever wanted to make it, within thirty days.

    Raises Invalid without a reason. Refuses what does not wait. The log names who asked and who decided.
    """
    row = Overrun.objects.select_for_update(of=("self",)).select_related("program").get(pk=overrun.pk)
    checks = Checks()
    reason = checks.text("reason", reason, 2000, required=True, lines=True)
    checks.done()
    if row.state != Overrun.State.ASKED:
        raise Refused("decided", _("This is decided already."))
    state = Overrun.State.APPROVED if approve else Overrun.State.DECLINED
    values = {"state": state, "decided_at": now, "decided_by": by[:200], "reason": reason}
    audited_save(
        row, values, actor=by, verb="approve_overrun" if approve else "decline_overrun", reason=reason, now=now
    )
    overrun.refresh_from_db()
    return row


def look_at_budgets(program: Program, now: datetime) -> int:
    """Write down how the plans of the quarter that runs stand, for lists; return how many there are."""
    rows = sums_now(program, now)
    keep_sums(rows)
    return len(rows)


def sums_now(program: Program, now: datetime) -> list[Budget]:
    """Return the plans of the quarter that runs with their sums set, not stored yet."""
    first = rules.quarter_at(now, program.time_zone)
    rows = list(budgets_of(program, first))
    if not rows:
        return []
    plans = planned(rows)
    sums = sums_of(plans, standing(program, first, now))
    for row in rows:
        found = sums[row.pk]
        row.accrued_minor, row.in_kind_minor, row.committed_minor = (
            found.accrued_minor, found.in_kind_minor, found.committed_minor,
        )  # fmt: skip
        row.expected_minor, row.paid_minor, row.looked_at = found.expected_minor, found.paid_minor, now
    return rows


def keep_sums(rows: Sequence[Budget]) -> None:
    """Store plans' sums; a plan that was taken back meanwhile stays so."""
    Budget.objects.bulk_update(
        rows,
        ["accrued_minor", "in_kind_minor", "committed_minor", "expected_minor", "paid_minor", "looked_at"],
        batch_size=200,
    )
