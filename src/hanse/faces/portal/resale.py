"""Prices and orders of a partner who resells, and the customers whom an agency looks after."""

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
from hanse.kernel.clock import local_day
from hanse.kernel.errors import HanseError
from hanse.traffic.pricelists.queries import lines_of, prices_for
from hanse.traffic.pricelists.types import Price
from hanse.traffic.resale.actions import record_resale
from hanse.traffic.resale.queries import resale_sums

SHOWN = 100
ROWS = 5


class OrderForm(forms.Form):
    """An order that the partner sold: its number, day and customer; the products stand in rows of their own."""

    use_required_attribute = False
    external_id = forms.CharField(label=gettext_lazy("Your order number"), max_length=200, label_suffix="")
    ordered_on = forms.DateField(
        label=gettext_lazy("Ordered on"), label_suffix="", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    customer_email = forms.CharField(
        label=gettext_lazy("Customer’s e-mail address"), max_length=254, required=False, label_suffix="",
        help_text=gettext_lazy("We keep only a code made of it, to know the order by."),
    )  # fmt: skip
    company_domain = forms.CharField(
        label=gettext_lazy("or their company’s domain"), max_length=200, required=False, label_suffix=""
    )
    customer_external_id = forms.CharField(
        label=gettext_lazy("or their customer number"), max_length=200, required=False, label_suffix=""
    )
    note = forms.CharField(label=gettext_lazy("Note"), max_length=2000, required=False, label_suffix="")


@portal_page
@writes
@needs_seat
def resale(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show the partner's prices and orders, and take an order."""
    today = local_day(clock.now(), seat.program.time_zone)
    form = OrderForm(request.POST or None, initial={"ordered_on": today})
    lines = _lines(request)
    if request.method == "POST" and not seat.is_viewed and form.is_valid() and _report(request, seat, form, lines):
        tell(request, _("Reported. We confirm it; your margin is yours either way."))
        return HttpResponseRedirect(reverse("portal:resale"), status=303)
    version = prices_for(seat.enrolment, today)
    priced = list(lines_of(version.pk)[:500]) if version else []
    orders = seat.scope.resale_orders()
    context = {
        "version": version, "form": form, "orders": orders[:SHOWN], "sums": resale_sums(orders),
        "prices": [
            (row, Price(row.sku, row.name, row.list_minor, row.partner_minor).margin_ppm) for row in priced
        ],
        "customers": seat.scope.customers_looked_after()[:SHOWN],
        "lines": [*lines, *[("", "")] * ROWS][: max(ROWS, len(lines))],
        "may_report": bool(version) and not seat.is_viewed and seat.enrolment.status == "active",
    }  # fmt: skip
    return portal(request, seat, "portal/resale.html", "deals", context, status=422 if form.errors else 200)


def _lines(request: HttpRequest) -> list[tuple[str, str]]:
    rows = zip(request.POST.getlist("sku")[:200], request.POST.getlist("quantity")[:200], strict=False)
    return [(sku.strip()[:200], quantity.strip()[:12]) for sku, quantity in rows if sku.strip()]


def _report(request: HttpRequest, seat: Seat, form: OrderForm, lines: list[tuple[str, str]]) -> bool:
    said: dict[str, Any] = form.cleaned_data
    try:
        record_resale(
            seat.enrolment, lines=[(sku, int(count) if count.isdecimal() else 0) for sku, count in lines],
            is_confirmed=False, now=clock.now(), by=actor(request), **said,
        )  # fmt: skip
    except HanseError as error:
        show_problems(form, error)
        return False
    return True
