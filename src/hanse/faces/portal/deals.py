"""Deals: customers whom the partner registers before they buy, and what became of each."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hanse.faces.common.access import actor, portal_page, writes
from hanse.faces.common.page import tell
from hanse.faces.common.problems import show_problems
from hanse.faces.portal.seat import Seat, needs_seat, portal
from hanse.kernel import clock
from hanse.kernel.errors import HanseError, Invalid
from hanse.kernel.money import parse_amount_minor
from hanse.programs.programs.queries import policy_of
from hanse.traffic.deals.actions import register_deal
from hanse.traffic.deals.models import Deal
from hanse.traffic.deals.queries import with_states
from hanse.traffic.pricelists.queries import lists_for

SHOWN = 100


class DealForm(forms.Form):
    """A customer whom the partner is talking to."""

    use_required_attribute = False
    customer_email = forms.CharField(
        label=gettext_lazy("Customer’s e-mail address"), max_length=254, required=False, label_suffix="",
        help_text=gettext_lazy("We keep only a code made of it, to know the order by."),
    )  # fmt: skip
    customer_external_id = forms.CharField(
        label=gettext_lazy("or their customer number"), max_length=200, required=False, label_suffix=""
    )
    company_domain = forms.CharField(
        label=gettext_lazy("or their company’s domain"), max_length=200, required=False, label_suffix=""
    )
    amount = forms.CharField(
        label=gettext_lazy("What you expect it to be worth"), max_length=30, required=False, label_suffix="",
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )  # fmt: skip
    country = forms.CharField(
        label=gettext_lazy("Their country"), max_length=2, required=False, label_suffix="",
        help_text=gettext_lazy("Two letters, like DE"),
    )  # fmt: skip
    expected_on = forms.DateField(
        label=gettext_lazy("When they may buy"), required=False, label_suffix="",
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    note = forms.CharField(
        label=gettext_lazy("What you talked about"), max_length=2000, required=False, label_suffix="",
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


@portal_page
@writes
@needs_seat
def deals(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show the partner's deals, and take a new one."""
    form = DealForm(request.POST or None)
    if request.method == "POST" and not seat.is_viewed and form.is_valid():
        made = _register(request, seat, form)
        if made is not None:
            tell(request, _("Registered. You read our answer here."))
            return HttpResponseRedirect(reverse("portal:deals"), status=303)
    rows = (
        with_states(seat.scope.deals(), clock.now()).select_related("owner").order_by("-registered_at", "-id")[:SHOWN]
    )
    context = {
        "rows": [(row, *_words(row.state)) for row in rows], "form": form,
        "days": policy_of(seat.program.pk).protection_days,
        "has_prices": bool(lists_for(seat.enrolment)) or seat.scope.resale_orders().exists(),
        "may_register": not seat.is_viewed and seat.enrolment.status == "active",
    }  # fmt: skip
    return portal(request, seat, "portal/deals.html", "deals", context, status=422 if form.errors else 200)


def _register(request: HttpRequest, seat: Seat, form: DealForm) -> Deal | None:
    said: dict[str, Any] = dict(form.cleaned_data)
    try:
        amount = said.pop("amount")
        minor = parse_amount_minor(amount, seat.program.currency) if amount else None
    except Invalid as error:
        form.add_error("amount", [problem.message for problem in error.problems])
        return None
    try:
        return register_deal(seat.enrolment, amount_minor=minor, **said, now=clock.now(), by=actor(request))
    except HanseError as error:
        show_problems(form, error)
        return None


def _words(state: str) -> tuple[str, str]:
    words = {
        "open": (_("we are looking at it"), "ochre"), "approved": (_("protected"), "sea"), "won": (_("won"), "sea"),
        "declined": (_("not accepted"), ""), "expired": (_("protection is over"), ""),
    }  # fmt: skip
    return words.get(state, (state, ""))
