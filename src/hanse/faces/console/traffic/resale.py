"""Resale: orders that partners sold on, at list price, at their price, and the margin that stays with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.links import id_or_404, partner_href
from hanse.faces.common.page import needs_program, tell
from hanse.faces.common.reader import reader
from hanse.faces.common.tables import Column, Table, UrlState, export, wants_csv
from hanse.faces.console.acts import CHANGE
from hanse.faces.console.forms import PlainForm, attempt, attempt_or_warn
from hanse.faces.console.traffic.frame import traffic_page
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.kernel.money import decimal_text
from hanse.programs.enrolments.queries import enrolments_of_program
from hanse.programs.programs.models import Program
from hanse.traffic.pricelists.queries import with_prices
from hanse.traffic.resale.actions import cancel_resale, confirm_resale, decline_resale, record_resale
from hanse.traffic.resale.models import ResaleOrder
from hanse.traffic.resale.queries import lines_of, orders_in, resale_sums

STATES = ("reported", "confirmed", "declined", "cancelled")


class OrderForm(PlainForm):
    """An order that a colleague records for a partner."""

    enrolment = forms.ChoiceField(label=gettext_lazy("Who sold it"))
    external_id = forms.CharField(label=gettext_lazy("Order number"), max_length=200)
    ordered_on = forms.DateField(
        label=gettext_lazy("Ordered on"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    customer_email = forms.CharField(
        label=gettext_lazy("Customer’s e-mail address"), max_length=254, required=False,
        help_text=gettext_lazy("Kept as a hash only."),
    )  # fmt: skip
    customer_external_id = forms.CharField(label=gettext_lazy("or their customer id"), max_length=200, required=False)
    company_domain = forms.CharField(label=gettext_lazy("or their company’s domain"), max_length=200, required=False)
    products = forms.CharField(
        label=gettext_lazy("Products"), max_length=50_000, widget=forms.Textarea(attrs={"rows": 4, "class": "mono"}),
        help_text=gettext_lazy("A line each: product number, then how many. Like: LAMP-1 3"),
    )  # fmt: skip
    note = forms.CharField(label=gettext_lazy("Note"), max_length=2000, required=False)

    def __init__(self, program: Program, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        active = enrolments_of_program(program.pk).filter(status="active")
        self.people = {text_id("enr", row.pk): row for row in with_prices(program.pk, active)}
        self.fields["enrolment"].choices = [("", "…")] + [  # type: ignore[attr-defined]  # a choice field
            (key, row.partner.name) for key, row in self.people.items()
        ]

    def clean_products(self) -> list[tuple[str, int]]:
        """Return product numbers with quantities; one without a number at its end is one piece."""
        found = []
        for line in str(self.cleaned_data["products"]).splitlines():
            head, _blank, last = line.strip().replace(",", " ").rpartition(" ")
            if head and last.isdecimal():
                found.append((head.strip(), int(last[:9])))
            elif line.strip():
                found.append((line.strip(), 1))
        return found


@console_page(write_roles=CHANGE)
@writes
@needs_program
def resale(request: HttpRequest, program: Program) -> HttpResponseBase:
    """List resale orders, and record one."""
    form = OrderForm(program, request.POST or None, initial={"ordered_on": reader().today})
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        enrolment, lines = form.people[said.pop("enrolment")], said.pop("products")
        made = attempt(form, lambda: record_resale(
            enrolment, lines=lines, is_confirmed=True, now=clock.now(), by=actor(request), **said
        ), {"lines": "products"})  # fmt: skip
        if made is not None:
            tell(request, _("Order %(number)s is recorded; it earns no commission.") % {"number": made.external_id})
            return HttpResponseRedirect(reverse("console:resale"), status=303)
    state = UrlState(request.GET)
    which, rows = state.choice("state", STATES), orders_in(program.pk)
    table = Table(state, rows.filter(status=which) if which else rows, _columns(), "-on", page_size=50)
    if wants_csv(request):
        return export("resale", table)
    context = {
        "table": table, "form": form, "sums": resale_sums(rows), "which": which,
        "waiting": rows.filter(status="reported").count(), "may_change": may(request, CHANGE),
        "rows": [(row, text_id("rso", row.pk), status_word(row.status)) for row in table.page_rows],
        "states": [("", _("All"), state.link(state=""))] + [
            (key, status_word(key)[0], state.link(state=key)) for key in STATES
        ],
    }  # fmt: skip
    status = 422 if form.errors else 200
    return traffic_page(request, program, "console/traffic/resale.html", "resale", context, status=status)


@console_page()
@needs_program
@require_GET
def order(request: HttpRequest, program: Program, order_id: str) -> HttpResponse:
    """Show one order with its lines and the prices of its day."""
    row = _order(program, order_id)
    context = {
        "order": row, "id": order_id, "word": status_word(row.status), "lines": list(lines_of([row.pk])),
        "partner_href": partner_href(row.enrolment.partner_id), "may_change": may(request, CHANGE),
    }  # fmt: skip
    return traffic_page(request, program, "console/traffic/resale_order.html", "resale", context)


@console_page(write_roles=CHANGE)
@require_POST
@writes
@needs_program
def confirm(request: HttpRequest, program: Program, order_id: str) -> HttpResponse:
    """Let a reported order stand."""
    return _decide(
        request, program, order_id, lambda row, _reason: confirm_resale(row, now=clock.now(), by=actor(request)),
        _("Confirmed. This number earns no commission."),
    )  # fmt: skip


@console_page(write_roles=CHANGE)
@require_POST
@writes
@needs_program
def decline(request: HttpRequest, program: Program, order_id: str) -> HttpResponse:
    """Say no to a reported order."""
    return _decide(
        request, program, order_id,
        lambda row, reason: decline_resale(row, reason=reason, now=clock.now(), by=actor(request)),
        _("Declined. The partner reads your reason in the portal."),
    )  # fmt: skip


@console_page(write_roles=CHANGE)
@require_POST
@writes
@needs_program
def cancel(request: HttpRequest, program: Program, order_id: str) -> HttpResponse:
    """Take a confirmed order back."""
    return _decide(
        request, program, order_id,
        lambda row, reason: cancel_resale(row, reason=reason, now=clock.now(), by=actor(request)),
        _("Taken back. Its number may earn commission again."),
    )  # fmt: skip


def status_word(status: str) -> tuple[str, str]:
    """Return how it stands with an order, in a word, and the colour of its badge."""
    return {
        "reported": (_("reported"), "ochre"), "confirmed": (_("confirmed"), "sea"), "declined": (_("declined"), ""),
        "cancelled": (_("cancelled"), ""),
    }[status]  # fmt: skip


def _decide(
    request: HttpRequest, program: Program, order_id: str, act: Callable[[ResaleOrder, str], object], done: str
) -> HttpResponse:
    row = _order(program, order_id)
    attempt_or_warn(request, lambda: act(row, str(request.POST.get("reason", ""))), done)
    return HttpResponseRedirect(reverse("console:resale_order", args=[order_id]), status=303)


def _order(program: Program, order_id: str) -> ResaleOrder:
    return get_object_or_404(orders_in(program.pk), pk=id_or_404("rso", order_id))


def _columns() -> list[Column[ResaleOrder]]:
    return [
        Column("number", _("Order"), ("external_id",), lambda row: row.external_id),
        Column("partner", _("Sold by"), ("enrolment__partner__name",), lambda row: row.enrolment.partner.name),
        Column("customer", _("To"), ("customer_label",), lambda row: row.customer_label),
        Column("on", _("On"), ("ordered_on",), lambda row: row.ordered_on.isoformat()),
        Column("state", _("State"), ("status",), lambda row: row.status),
        Column("list", _("List price"), ("list_minor",), lambda row: decimal_text(row.list_minor, row.currency), True),
        Column("paid", _("Pays us"), ("partner_minor",),
               lambda row: decimal_text(row.partner_minor, row.currency), True),
        Column("margin", _("Margin"), (), lambda row: decimal_text(row.margin_minor, row.currency), True),
    ]  # fmt: skip
