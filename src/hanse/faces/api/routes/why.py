"""Why: what became of an order, a click, a coupon or a customer, as ordered checks with the reason and the fix."""

from __future__ import annotations

from typing import Literal

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router

from hanse.faces.api.access import READ, asker
from hanse.faces.api.reach import own_program
from hanse.faces.api.values import Instant, Output, SignedMinor, shown_id
from hanse.insight.why import sentences
from hanse.insight.why.queries import why
from hanse.insight.why.types import Check, Earned, Pointer, Tracer
from hanse.kernel.errors import Invalid, Problem
from hanse.kernel.ids import text_id
from hanse.kernel.reading import unsound_text

router = Router(tags=["Why"])
Kind = Literal["order", "click", "coupon", "customer"]


class CheckOut(Output):
    """One check. `finding` says what it found, `fix` what would help; both may be empty."""

    code: str
    title: str
    status: Literal["passed", "failed", "not_needed", "not_reached"]
    reason: str
    finding: str
    fix: str


class EarnedOut(Output):
    """A commission that it led to."""

    commission: str
    enrolment: str
    partner: str
    amount: SignedMinor
    currency: str
    held_until: Instant
    approved_at: Instant | None
    paid_at: Instant | None
    voided_at: Instant | None


class PointerOut(Output):
    """Something else to ask about."""

    kind: Kind
    text: str
    note: str


class LoserOut(Output):
    """A touchpoint that won nothing: why, and what would have been needed."""

    kind: str
    partner: str
    verdict: Literal["lost", "excluded"]
    reason: str
    touched_at: Instant | None
    needed: str


class WhyOut(Output):
    """The answer: the outcome in a word and a line, then every check in the order in which it is made."""

    kind: Kind
    text: str
    outcome: Literal["earned", "nothing", "waiting", "unknown"]
    headline: str
    checks: list[CheckOut]
    earned: list[EarnedOut]
    conversion: str | None
    parked_facts: list[str]
    suggestions: list[PointerOut]
    related: list[PointerOut]
    losers: list[LoserOut]


def why_out(tracer: Tracer) -> WhyOut:
    """Show what the tracer found."""
    return WhyOut(
        kind=tracer.kind, text=tracer.text, outcome=tracer.outcome, headline=sentences.headline(tracer.outcome),
        checks=[_check(check) for check in tracer.checks], earned=[_earned(each) for each in tracer.earned],
        conversion=shown_id("cnv", tracer.conversion_id),
        parked_facts=[text_id("fct", parked_id) for parked_id in tracer.parked_ids],
        suggestions=[_pointer(each) for each in tracer.suggestions],
        related=[_pointer(each) for each in tracer.related],
        losers=[LoserOut(**{name: getattr(each, name) for name in LoserOut.model_fields}) for each in tracer.losers],
    )  # fmt: skip


def _check(check: Check) -> CheckOut:
    return CheckOut(
        code=check.code, title=sentences.title(check), status=check.status, reason=check.reason,
        finding=sentences.finding(check), fix=sentences.fix(check),
    )  # fmt: skip


def _earned(earned: Earned) -> EarnedOut:
    return EarnedOut(
        commission=text_id("com", earned.commission_id), enrolment=text_id("enr", earned.enrolment_id),
        partner=earned.partner, amount=earned.owed_minor, currency=earned.currency, held_until=earned.held_until,
        approved_at=earned.approved_at, paid_at=earned.paid_at, voided_at=earned.voided_at,
    )  # fmt: skip


def _pointer(pointer: Pointer) -> PointerOut:
    return PointerOut(kind=pointer.kind, text=pointer.text, note=pointer.note)


@router.get("/why", auth=READ, response=WhyOut)
def ask_why(
    request: HttpRequest, order: str = "", click: str = "", coupon: str = "", customer: str = "", program: str = ""
) -> WhyOut:
    """Ask why one order (your own id), click (token or id), coupon (code) or customer (your own id) earned or not.

    The program is the key's, unless one is named.
    """
    asked = {kind: text for kind, text in _texts(order, click, coupon, customer).items() if text.strip()}
    if len(asked) != 1:
        raise Invalid([Problem("/query", _("Ask about one order, click, coupon or customer."), "required")])
    [(kind, text)] = asked.items()
    why_not = _("At most 300 characters, please.") if len(text) > 300 else unsound_text(text)
    if why_not:
        raise Invalid([Problem(f"/query/{kind}", why_not, "bad_text")])
    return why_out(why(kind, text, own_program(asker(request), program, "/query/program")))


def _texts(order: str, click: str, coupon: str, customer: str) -> dict[str, str]:
    return {"order": order, "click": click, "coupon": coupon, "customer": customer}
