"""Price lists: what partners who resell pay, in versions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.links import id_or_404
from hanse.faces.common.page import needs_program, tell
from hanse.faces.common.reader import reader
from hanse.faces.common.tables import Column, Table, UrlState, export, wants_csv
from hanse.faces.console.acts import CHANGE
from hanse.faces.console.forms import PlainForm, attempt, attempt_or_warn
from hanse.faces.console.kinds.frame import kinds_page
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.kernel.money import decimal_text, rate_text
from hanse.people.partners.queries import partner_types
from hanse.programs.enrolments.queries import enrolments_of_program
from hanse.programs.programs.models import Program
from hanse.traffic.pricelists.actions import archive_price_list, create_price_list, publish_prices
from hanse.traffic.pricelists.models import PriceLine, PriceList
from hanse.traffic.pricelists.queries import lines_of, price_lists_of
from hanse.traffic.pricelists.rules import LONGEST_TEXT, in_force, lines_from_text
from hanse.traffic.pricelists.types import Price


class ListForm(PlainForm):
    """A new list: its name and for whom it is."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    whom = forms.ChoiceField(label=gettext_lazy("For"), required=False)

    def __init__(self, program: Program, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {text_id("enr", row.pk): row for row in enrolments_of_program(program.pk).filter(status="active")}
        self.fields["whom"].choices = [  # type: ignore[attr-defined]  # a choice field
            ("", _("Everybody who resells")),
            (_("All partners of a type"), [(f"type:{kind.slug}", kind.name) for kind in partner_types()]),
            (_("One partner, negotiated"), [(key, row.partner.name) for key, row in self.people.items()]),
        ]


class VersionForm(PlainForm):
    """A version: its days, its lines as a table, what changed."""

    valid_from = forms.DateField(
        label=gettext_lazy("In force from"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    valid_until = forms.DateField(
        label=gettext_lazy("until, that day included"), required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    lines = forms.CharField(
        label=gettext_lazy("Products"), max_length=LONGEST_TEXT, strip=True,
        widget=forms.Textarea(attrs={"rows": 10, "class": "mono", "spellcheck": "false"}),
        help_text=gettext_lazy(
            "A line each: product number, name, list price, partner’s price or margin. Like: LAMP-1, Lamp, 49.00, 30%"
        ),
    )  # fmt: skip
    note = forms.CharField(label=gettext_lazy("What changed"), max_length=500, required=False)


@console_page(write_roles=CHANGE)
@writes
@needs_program
def price_lists(request: HttpRequest, program: Program) -> HttpResponse:
    """List price lists, and begin one."""
    form = ListForm(program, request.POST or None)
    if request.method == "POST" and form.is_valid():
        whom = form.cleaned_data["whom"]
        made = attempt(form, lambda: create_price_list(
            program, name=form.cleaned_data["name"], enrolment=form.people.get(whom),
            partner_type=whom.removeprefix("type:") if whom.startswith("type:") else "", now=clock.now(),
            by=actor(request),
        ))  # fmt: skip
        if made is not None:
            return HttpResponseRedirect(reverse("console:price_list", args=[text_id("pls", made.pk)]), status=303)
    names, today = {kind.slug: kind.name for kind in partner_types()}, reader().today
    rows = [
        (row, text_id("pls", row.pk), for_whom(row, names), in_force(row.versions.all(), today))
        for row in price_lists_of(program.pk)
    ]
    context = {"rows": rows, "form": form, "may_change": may(request, CHANGE)}
    status = 422 if form.errors else 200
    return kinds_page(request, program, "console/kinds/price_lists.html", "prices", context, status=status)


@console_page(write_roles=CHANGE)
@writes
@needs_program
def price_list(request: HttpRequest, program: Program, list_id: str) -> HttpResponseBase:
    """Show a list: the version in force or another one, all versions, and a form for the next."""
    row = _list(program, list_id)
    form = VersionForm(request.POST or None, initial={"valid_from": reader().today})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        made = attempt(form, lambda: publish_prices(
            row, lines_from_text(said["lines"], program.currency), valid_from=said["valid_from"],
            valid_until=said["valid_until"], note=said["note"], now=clock.now(), by=actor(request),
        ))  # fmt: skip
        if made is not None:
            tell(request, _("Version %(number)s is published.") % {"number": made.number})
            return HttpResponseRedirect(reverse("console:price_list", args=[list_id]), status=303)
    versions = list(row.versions.all())
    holding, asked = in_force(versions, reader().today), str(request.GET.get("version", ""))
    shown = next((one for one in versions if str(one.number) == asked), holding or (versions[0] if versions else None))
    lines = list(lines_of(shown.pk)) if shown else []
    table = Table(UrlState(request.GET), lines, _columns(program.currency), "sku", page_size=100)
    if wants_csv(request):
        return export("prices", table)
    context = {
        "list": row, "list_id": list_id, "whom": for_whom(row, {kind.slug: kind.name for kind in partner_types()}),
        "versions": versions, "holding": holding, "shown": shown, "form": form, "table": table,
        "lines": [(line, _margin(line)) for line in table.page_rows], "may_change": may(request, CHANGE),
        "as_text": "\n".join(_written(line, program.currency) for line in lines),
    }  # fmt: skip
    status = 422 if form.errors else 200
    return kinds_page(request, program, "console/kinds/price_list.html", "prices", context, status=status)


@console_page(write_roles=CHANGE)
@require_POST
@writes
@needs_program
def archive(request: HttpRequest, program: Program, list_id: str) -> HttpResponse:
    """Put a list away."""
    row = _list(program, list_id)
    attempt_or_warn(
        request, lambda: archive_price_list(row, now=clock.now(), by=actor(request)),
        _("Put away. Orders to come go by the next list that fits."),
    )  # fmt: skip
    return HttpResponseRedirect(reverse("console:price_lists"), status=303)


def for_whom(row: PriceList, names: dict[str, str]) -> str:
    """Say for whom a list is."""
    if row.enrolment is not None:
        return row.enrolment.partner.name
    return names.get(row.partner_type, row.partner_type) or _("Everybody who resells")


def _list(program: Program, list_id: str) -> PriceList:
    return get_object_or_404(price_lists_of(program.pk), pk=id_or_404("pls", list_id))


def _margin(line: PriceLine) -> int:
    return Price(line.sku, line.name, line.list_minor, line.partner_minor).margin_ppm


def _written(line: PriceLine, currency: str) -> str:
    cells = (line.sku, line.name, decimal_text(line.list_minor, currency), decimal_text(line.partner_minor, currency))
    return "\t".join(cells)


def _columns(currency: str) -> list[Column[PriceLine]]:
    return [
        Column("sku", _("Product"), lambda row: row.sku, lambda row: row.sku),
        Column("name", _("Name"), lambda row: row.name.lower(), lambda row: row.name),
        Column("list", _("List price"), lambda row: row.list_minor,
               lambda row: decimal_text(row.list_minor, currency), is_number=True),
        Column("partner", _("Partner’s price"), lambda row: row.partner_minor,
               lambda row: decimal_text(row.partner_minor, currency), is_number=True),
        Column("margin", _("Margin"), _margin, lambda row: rate_text(_margin(row)), is_number=True),
    ]  # fmt: skip
