"""Where the money goes: the partner says so for the way they choose; a changed account rests for two days."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from hanse.faces.common.access import actor, portal_page, writes
from hanse.faces.common.page import tell
from hanse.faces.common.problems import show_problems
from hanse.faces.portal.accounts import shown_account
from hanse.faces.portal.seat import Seat, needs_seat, portal
from hanse.kernel import clock
from hanse.kernel.errors import HanseError
from hanse.money.rails.settings import rail_problems
from hanse.people.partners.actions import set_payout_details
from hanse.people.partners.models import PayoutDetails
from hanse.people.partners.rules import is_iban

_WAYS = (
    ("sepa", gettext_lazy("Bank account (IBAN)")),
    ("paypal", "PayPal"),
    ("wise", gettext_lazy("Wise (by e-mail address or IBAN)")),
    ("credit", gettext_lazy("Store credit: a code for the shop")),
    ("manual", gettext_lazy("Another way")),
)


class PayoutForm(forms.Form):
    """Which way, and the account that it needs."""

    use_required_attribute = False
    rail = forms.ChoiceField(
        label=gettext_lazy("How you want to be paid"), widget=forms.RadioSelect, choices=_WAYS
    )  # fmt: skip
    account_name = forms.CharField(
        label=gettext_lazy("Name on the account"), max_length=140,
        error_messages={"required": gettext_lazy("Please fill this in.")},
    )  # fmt: skip
    account = forms.CharField(
        label=gettext_lazy("IBAN, e-mail address or how else"), max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("Bank: your IBAN. PayPal, Wise, store credit: the address that you use there."),
        error_messages={"required": gettext_lazy("Please fill this in.")},
    )  # fmt: skip
    bic = forms.CharField(
        label=gettext_lazy("BIC"), max_length=20, required=False,
        help_text=gettext_lazy("Only if your bank asks for it"),
    )  # fmt: skip

    def __init__(self, *args: Any, with_credit: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ways = self.fields["rail"]
        assert isinstance(ways, forms.ChoiceField)
        ways.choices = [way for way in _WAYS if with_credit or way[0] != "credit"]


@portal_page
@writes
@needs_seat
@require_http_methods(["GET", "POST"])
def payout_details(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show and take where the money goes."""
    known, now = seat.scope.payout_details(), clock.now()
    start = {"rail": _way_of(known), "account_name": known.account_name if known else ""}
    with_credit = start["rail"] == "credit" or not rail_problems(seat.program, "credit")
    sent = request.POST if request.method == "POST" else None
    form = PayoutForm(sent, initial=start, label_suffix="", with_credit=with_credit)
    if request.method == "POST" and form.is_valid():
        try:
            kept = set_payout_details(seat.partner, **form.cleaned_data, rests=True, now=now, by=actor(request))
        except HanseError as error:
            show_problems(form, error)
        else:
            rests = kept.usable_at is not None and kept.usable_at > now
            later, soon = _("Kept. We pay there from two days from now on."), _("We pay there from the next payout on.")
            tell(request, later if rests else soon)
            return HttpResponseRedirect(reverse("portal:payouts"))
    rests = known is not None and known.usable_at is not None and known.usable_at > now
    context = {"form": form, "details": known, "account": shown_account(known), "rests": rests}
    return portal(request, seat, "portal/payout_details.html", "payouts", context, status=422 if form.errors else 200)


def _way_of(known: PayoutDetails | None) -> str:
    """Return which way fits what is known: a bank account may have been entered on any rail."""
    if known is None or (is_iban(known.account) and known.rail != "wise"):
        return "sepa"
    return known.rail if known.rail in ("paypal", "wise", "credit") else "manual"
