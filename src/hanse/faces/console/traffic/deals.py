"""Deals: customers whom partners register before they buy; approved ones are protected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from hanse.faces.common.access import actor, console_page, may, team_member, writes
from hanse.faces.common.links import id_or_404, partner_href
from hanse.faces.common.page import needs_program, tell
from hanse.faces.common.tables import Column, Table, UrlState, export, wants_csv
from hanse.faces.console.acts import CHANGE
from hanse.faces.console.colleagues import colleague_choices
from hanse.faces.console.forms import PlainForm, attempt, attempt_or_warn
from hanse.faces.console.programs.common import AmountField
from hanse.faces.console.traffic.frame import traffic_page
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.kernel.money import decimal_text
from hanse.programs.enrolments.queries import enrolments_of_program
from hanse.programs.programs.models import Program
from hanse.programs.programs.queries import policy_of
from hanse.traffic.deals.actions import approve_deal, decline_deal, register_deal
from hanse.traffic.deals.models import Deal
from hanse.traffic.deals.queries import clashes_in, deals_of_program
from hanse.traffic.deals.rules import STATES


class DealForm(PlainForm):
    """A deal that a colleague registers for a partner."""

    enrolment = forms.ChoiceField(label=gettext_lazy("Partner"))
    customer_email = forms.CharField(
        label=gettext_lazy("Customer’s e-mail address"), max_length=254, required=False,
        help_text=gettext_lazy("Kept as a hash only."),
    )  # fmt: skip
    customer_external_id = forms.CharField(label=gettext_lazy("or their customer id"), max_length=200, required=False)
    company_domain = forms.CharField(label=gettext_lazy("or their company’s domain"), max_length=200, required=False)
    amount = AmountField(label=gettext_lazy("Expected amount"), required=False)
    country = forms.CharField(label=gettext_lazy("Customer’s country"), max_length=2, required=False)
    expected_on = forms.DateField(
        label=gettext_lazy("Expected to buy on"), required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    note = forms.CharField(
        label=gettext_lazy("Note"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, program: Program, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.enrolments = {
            text_id("enr", row.pk): row for row in enrolments_of_program(program.pk).filter(status="active")
        }
        self.fields["enrolment"].choices = [("", "…")] + [  # type: ignore[attr-defined]  # a choice field
            (key, row.partner.name) for key, row in self.enrolments.items()
        ]
        amount = self.fields["amount"]
        assert isinstance(amount, AmountField)
        amount.currency, amount.label = program.currency, f"{amount.label} ({program.currency})"


@console_page(write_roles=CHANGE)
@writes
@needs_program
def deals(request: HttpRequest, program: Program) -> HttpResponseBase:
    """List deals, and register one for a partner."""
    form = DealForm(program, request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        made = attempt(form, lambda: register_deal(
            form.enrolments[said["enrolment"]], customer_email=said["customer_email"],
            customer_external_id=said["customer_external_id"], company_domain=said["company_domain"],
            amount_minor=said["amount"], country=said["country"], expected_on=said["expected_on"], note=said["note"],
            now=clock.now(), by=actor(request),
        ))  # fmt: skip
        if made:
            tell(request, _("The deal is registered."))
            return HttpResponseRedirect(reverse("console:deals"), status=303)
    state = UrlState(request.GET)
    which = state.choice("state", STATES)
    found = deals_of_program(program.pk, clock.now())
    mine = state.choice("owner", {"me", "nobody"})
    rows = found.filter(state=which) if which else found
    if mine:
        rows = rows.filter(owner=team_member(request) if mine == "me" else None)
    table = Table(state, rows, _columns(), "-at", page_size=25)
    if wants_csv(request):
        return export("deals", table)
    context = {
        "table": table, "rows": [_row(deal) for deal in table.page_rows], "form": form, "which": which,
        "states": [("", _("All"), state.link(state=""))] + [
            (key, state_word(key), state.link(state=key)) for key in STATES
        ],
        "may_change": may(request, CHANGE), "days": policy_of(program.pk).protection_days,
        "waiting": found.filter(state="open").count(), "clashes": len(clashes_in(program.pk, clock.now())),
        "people": colleague_choices(also_former=True), "mine": mine, "owners": [
            ("", _("Everybody’s"), state.link(owner="")), ("me", _("Mine"), state.link(owner="me")),
            ("nobody", _("Nobody’s"), state.link(owner="nobody")),
        ],
    }  # fmt: skip
    status = 422 if form.errors else 200
    return traffic_page(request, program, "console/traffic/deals.html", "deals", context, status=status)


@console_page(write_roles=CHANGE)
@require_POST
@writes
@needs_program
def approve(request: HttpRequest, program: Program, deal_id: str) -> HttpResponse:
    """Protect a deal for as long as the policy says."""
    deal = _deal(program, deal_id)
    attempt_or_warn(
        request,
        lambda: approve_deal(
            deal, days=days_asked(request), reason=_reason(request), now=clock.now(), by=actor(request)
        ),
        _("%(customer)s is protected. Open orders are credited anew within a minute.")
        % {"customer": deal.customer_label},
    )
    return HttpResponseRedirect(reverse("console:deals"), status=303)


@console_page(write_roles=CHANGE)
@require_POST
@writes
@needs_program
def decline(request: HttpRequest, program: Program, deal_id: str) -> HttpResponse:
    """Say no, with a reason that the partner reads."""
    deal = _deal(program, deal_id)
    attempt_or_warn(
        request,
        lambda: decline_deal(deal, reason=_reason(request), now=clock.now(), by=actor(request)),
        _("Declined. The partner reads your reason in the portal."),
    )
    return HttpResponseRedirect(reverse("console:deals"), status=303)


def state_word(state: str) -> str:
    """Return what a deal is today, in a word."""
    words = {
        "open": _("open"), "approved": _("protected"), "won": _("won"), "declined": _("declined"),
        "expired": _("expired"),
    }  # fmt: skip
    return words.get(state, state)


def _deal(program: Program, deal_id: str) -> Deal:
    return get_object_or_404(Deal, pk=id_or_404("dea", deal_id), program=program)


def days_asked(request: HttpRequest) -> int | None:
    """Return for how many days to protect, None for as long as the policy says. A text that is no number is 0, which
    the verb refuses."""
    text = str(request.POST.get("days", "")).strip()
    return None if not text else int(text) if text.isdecimal() and len(text) < 6 else 0


def _reason(request: HttpRequest) -> str:
    return str(request.POST.get("reason", ""))


def _row(deal: Any) -> dict[str, object]:
    return {
        "deal": deal, "id": text_id("dea", deal.pk), "word": state_word(deal.state),
        "colour": {"open": "ochre", "approved": "sea", "won": "sea"}.get(deal.state, ""),
        "partner": deal.enrolment.partner, "partner_href": partner_href(deal.enrolment.partner_id),
        "can_approve": deal.state in ("open", "expired", "approved"), "can_decline": deal.state != "declined",
        "owner": str(deal.owner_id or ""), "is_alive": deal.state in ("open", "approved"),
        "is_longer": deal.state == "approved",
    }  # fmt: skip


def _columns() -> Sequence[Column[Any]]:
    return [
        Column("customer", _("Customer"), order=("customer_label",), cell=lambda row: row.customer_label),
        Column("partner", _("Partner"), ("enrolment__partner__name",), lambda row: row.enrolment.partner.name),
        Column("state", _("State"), order=("state",), cell=lambda row: row.state),
        Column("amount", _("Expected"), ("amount_minor",), _amount, is_number=True),
        Column("at", _("Registered"), ("registered_at",), lambda row: row.registered_at.isoformat(), is_number=True),
        Column("clash", _("Clash"), cell=lambda row: "yes" if row.is_clash else ""),
        Column("owner", _("Looks after it"), cell=lambda row: row.owner.email if row.owner else ""),
        Column("note", _("Note"), cell=lambda row: row.note),
        Column("reason", _("Reason"), cell=lambda row: row.decision_reason),
    ]


def _amount(row: Any) -> str:
    return "" if row.amount_minor is None else decimal_text(row.amount_minor, row.currency)
