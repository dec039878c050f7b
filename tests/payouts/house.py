"""A program in euros with partners who are owed money and can be paid: what tests of rails and papers begin with."""

from __future__ import annotations

from datetime import datetime

from hanse.money.commissions.actions import adjust
from hanse.money.payouts.actions import approve_run, draft_run, open_run
from hanse.money.payouts.models import Payout, PayoutRun
from hanse.people.partners.models import PayoutDetails
from hanse.programs.enrolments.models import Agreement, Enrolment
from hanse.programs.programs.models import Program
from tests import make

PAY_DAY = make.at(days=40)  # 24 June 2026, a Wednesday
GERMAN = "DE89370400440532013000"


def program(currency: str = "EUR", slug: str = "hafen", **columns: object) -> Program:
    """Make a program in Berlin."""
    made = make.program(slug, currency=currency, time_zone="Europe/Berlin", **columns)
    make.terms(made)
    return made


def owed(
    into: Program, name: str, amount_minor: int, *, rail: str = "sepa", account: str = GERMAN, account_name: str = "",
    at: datetime | None = None,
) -> Enrolment:  # fmt: skip
    """Make a partner who is owed an amount and has told where to send it."""
    partner = make.partner(name)
    enrolment = make.enrolment(partner, into)
    PayoutDetails.objects.create(
        partner=partner, rail=rail, account_name=account_name or name, account=account, changed_at=make.BEGINNING
    )
    accept(enrolment)
    adjust(enrolment, amount_minor, "Agreed.", at or make.at(), "ruth")
    return enrolment


def accept(enrolment: Enrolment) -> None:
    """Let a partner accept the program's terms."""
    from hanse.programs.terms.models import Terms

    terms = Terms.objects.get(program=enrolment.program)
    Agreement.objects.create(
        enrolment=enrolment, terms=terms, body_hash="x", accepted_by="them", accepted_at=make.BEGINNING
    )


def drafted(of: Program, rail: str, by: str = "ruth") -> PayoutRun:
    """Draft a run on pay day."""
    return draft_run(of, rail, as_of=PAY_DAY, now=PAY_DAY, by=by)


def opened(of: Program, rail: str) -> PayoutRun:
    """Draft, approve and open a run on pay day."""
    run = drafted(of, rail)
    approve_run(run, now=PAY_DAY, by="ruth")
    open_run(run, now=PAY_DAY, by="ruth")
    return run


def payout_of(run: PayoutRun, enrolment: Enrolment) -> Payout:
    """Return the payout of an enrolment in a run."""
    return Payout.objects.select_related("run").get(run=run, enrolment=enrolment)
