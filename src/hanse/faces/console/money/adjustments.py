"""Adjustments: signed corrections by a person, with a reason that the partner reads; and debts that are given up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from hanse.faces.common import format as fmt
from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.links import id_or_404, partner_href
from hanse.faces.common.page import needs_program, tell
from hanse.faces.common.reader import reader
from hanse.faces.common.tables import Column, Table, UrlState, export, wants_csv
from hanse.faces.console.acts import ADJUST
from hanse.faces.console.forms import PlainForm, attempt, attempt_or_warn
from hanse.faces.console.money.frame import money_page
from hanse.faces.console.programs.common import AmountField
from hanse.kernel import clock
from hanse.kernel.ids import new_id, parse_id, text_id
from hanse.kernel.money import decimal_text
from hanse.money.commissions.actions import adjust
from hanse.money.ledger.adjustments import adjustments_in
from hanse.money.ledger.models import Entry
from hanse.money.payouts.words import cause_words
from hanse.money.writeoffs.actions import obstacle_words, write_off
from hanse.money.writeoffs.queries import Debtor, debtors_of
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.enrolments.queries import enrolments_of_program
from hanse.programs.programs.models import Program

MOST_DIGITS = 18  # of an amount in minor units
DEBTORS_SHOWN = 50


class AdjustForm(PlainForm):
    """Whom, how much, and why. `id` makes sure that a form sent twice books once."""

    enrolment = forms.ChoiceField(label=gettext_lazy("Partner"))
    amount = AmountField(label=gettext_lazy("Amount"), help_text=gettext_lazy("With a minus to take something back."))
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=300, help_text=gettext_lazy("The partner reads it on the statement.")
    )
    id = forms.UUIDField(widget=forms.HiddenInput())

    def __init__(self, program: Program, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        enrolments = enrolments_of_program(program.pk)
        self.fields["enrolment"].choices = [(text_id("enr", one.pk), one.partner.name) for one in enrolments]  # type: ignore[attr-defined]
        self.fields["amount"].currency = program.currency  # type: ignore[attr-defined]
        self.fields["amount"].label = f"{self.fields['amount'].label} ({program.currency})"


@dataclass(frozen=True, slots=True)
class DebtorRow:
    """Somebody who has left owing something."""

    debtor: Debtor

    @property
    def id(self) -> str:
        """The enrolment's id in addresses."""
        return text_id("enr", self.debtor.enrolment.pk)

    @property
    def href(self) -> str:
        """The partner's page."""
        return partner_href(self.debtor.enrolment.partner_id)

    @property
    def why_not(self) -> str:
        """What stands against writing it off; empty when nothing does."""
        return obstacle_words(self.debtor.obstacle) if self.debtor.obstacle else ""

    @property
    def fields(self) -> dict[str, int]:
        """What the person sees, sent along, so that nothing else is booked."""
        return {"amount": self.debtor.debt.minor}


@console_page(write_roles=ADJUST)
@writes
@needs_program
def adjustments(request: HttpRequest, program: Program) -> HttpResponseBase:
    """List adjustments, and who has left owing something; a POST books an adjustment."""
    known = {"id": new_id(), "enrolment": request.GET.get("partner", ""), "reason": request.GET.get("reason", "")[:300]}
    form = AdjustForm(program, request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid() and _book(request, form):
        return HttpResponseRedirect(reverse("console:adjustments"), status=303)
    table = Table(UrlState(request.GET), adjustments_in(program.pk), _columns(), "-at")
    if wants_csv(request):
        return export("adjustments", table)
    rows = [(entry, _partner(entry), partner_href(_partner_id(entry))) for entry in table.page_rows]
    owing = debtors_of(program.pk, DEBTORS_SHOWN)
    context = {
        "table": table, "rows": rows, "form": form, "may_adjust": may(request, ADJUST),
        "debtors": [DebtorRow(one) for one in owing.rows], "debtors_left_out": owing.count - len(owing.rows),
    }  # fmt: skip
    return money_page(
        request, program, "console/money/adjustments.html", "adjustments", context, status=422 if form.errors else 200
    )


@console_page(write_roles=ADJUST)
@require_POST
@writes
@needs_program
def give_up(request: HttpRequest, program: Program, enrolment_id: str) -> HttpResponse:
    """Write off all that somebody who has left owes."""
    enrolment = get_object_or_404(enrolments_of_program(program.pk), pk=id_or_404("enr", enrolment_id))
    seen = request.POST.get("amount", "")
    amount = int(seen) if seen.isdecimal() and len(seen) <= MOST_DIGITS else 0
    reason = request.POST.get("reason", "").strip()[:300]
    text = fmt.money(amount, program.currency, reader().language)
    attempt_or_warn(
        request, lambda: write_off(enrolment, amount, reason, clock.now(), actor(request)),
        _("%(amount)s of %(name)s is written off.") % {"amount": text, "name": enrolment.partner.name},
    )  # fmt: skip
    return HttpResponseRedirect(reverse("console:adjustments"), status=303)


def _book(request: HttpRequest, form: AdjustForm) -> bool:
    said = form.cleaned_data
    enrolment = Enrolment.objects.select_related("program", "partner").get(pk=parse_id("enr", said["enrolment"]))
    amount: int = said["amount"]
    booked = attempt(
        form, lambda: adjust(enrolment, amount, said["reason"], clock.now(), actor(request), id=said["id"])
    )
    if booked is None:
        return False
    text = fmt.money(amount, enrolment.program.currency, reader().language, sign="+")
    tell(request, _("%(amount)s is booked for %(name)s.") % {"amount": text, "name": enrolment.partner.name})
    return True


def _partner(entry: Entry) -> str:
    return entry.account.enrolment.partner.name if entry.account.enrolment else ""


def _partner_id(entry: Entry) -> UUID:
    assert entry.account.enrolment is not None
    return entry.account.enrolment.partner_id


def _columns() -> Sequence[Column[Entry]]:
    return [
        Column("at", _("Booked"), ("transaction__posted_at",), lambda one: one.transaction.posted_at.isoformat(), True),
        Column("partner", _("Partner"), ("account__enrolment__partner__name",), _partner),
        Column(
            "amount", _("Amount"), ("amount_minor",), lambda one: decimal_text(one.amount_minor, one.currency), True
        ),
        Column("currency", _("Currency"), cell=lambda one: one.currency),
        Column("kind", _("Kind"), cell=lambda one: cause_words(one.transaction.cause)),
        Column("reason", _("Reason"), cell=lambda one: one.transaction.note),
        Column("by", _("By"), order=("transaction__actor",), cell=lambda one: one.transaction.actor),
    ]
