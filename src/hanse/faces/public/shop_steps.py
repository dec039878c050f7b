"""How far a test order has come: reported, recorded, credited, priced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from hanse.faces.common import format as fmt
from hanse.faces.common.links import href
from hanse.faces.common.reader import reader
from hanse.insight.why import sentences
from hanse.insight.why.queries import why
from hanse.insight.why.types import Tracer
from hanse.kernel.ids import text_id
from hanse.money.commissions.models import Commission
from hanse.programs.programs.models import Program
from hanse.traffic.attribution.models import Credit
from hanse.traffic.conversions.models import Conversion


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: passed, failed, or not reached yet."""

    state: str
    title: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Journey:
    """The stages so far. `is_done`: nothing more will come by itself."""

    stages: Sequence[Stage]
    is_done: bool
    commission_href: str = ""
    earned: str = ""
    why_href: str = ""


def journey_of(program: Program, number: str) -> Journey:
    """Return how far an order has come. Asked every second for a short while."""
    sold = Conversion.objects.filter(program=program, external_id=number).select_related("goal").first()
    if sold is None:
        return Journey([_recorded(None), _credited(None), _priced(None)], is_done=False)
    credit = Credit.objects.filter(conversion=sold).select_related("enrolment__partner").first()
    commission = Commission.objects.filter(conversion=sold).first()
    if credit is None:
        tracer = why("order", number, program)
        trace = href("console:why")
        return Journey(
            [_recorded(sold), _nobody(tracer), _priced(None)], is_done=True,
            why_href=f"{trace}?q={number}" if trace else "",
        )  # fmt: skip
    return Journey(
        [_recorded(sold), _credited(credit), _priced(commission)],
        is_done=commission is not None,
        commission_href=href("console:commission", text_id("com", commission.pk)) if commission else "",
        earned=_money(commission.earned_minor, commission.currency) if commission else "",
    )


def _money(amount_minor: int, currency: str) -> str:
    return fmt.money(amount_minor, currency, reader().language)


def _recorded(sold: Conversion | None) -> Stage:
    if sold is None:
        return Stage("not_reached", _("The conversion is recorded"))
    after = (sold.received_at - sold.occurred_at).total_seconds()
    words = {
        "value": _money(sold.amount_minor, sold.currency), "goal": sold.goal.name,
        "seconds": fmt.number(max(0, round(after)), reader().language),
    }  # fmt: skip
    detail = _("%(goal)s, %(value)s, %(seconds)s s after the order") % words
    return Stage("passed", _("The conversion is recorded"), detail)


def _credited(credit: Credit | None) -> Stage:
    if credit is None:
        return Stage("not_reached", _("Somebody is credited"))
    name = {"name": credit.enrolment.partner.name}
    detail = _("by the click that the order carried") if credit.click_id else _("by the evidence that came with it")
    return Stage("passed", _("%(name)s is credited") % name, detail)


def _nobody(tracer: Tracer) -> Stage:
    failure = tracer.first_failure
    return Stage("failed", _("Nobody is credited"), sentences.finding(failure) if failure else "")


def _priced(commission: Commission | None) -> Stage:
    if commission is None:
        return Stage("not_reached", _("The commission explains itself"))
    earned = {"amount": _money(commission.earned_minor, commission.currency)}
    return Stage("passed", _("The commission is %(amount)s") % earned, _("a test: explained to the penny, never paid"))
