"""Customers who share: what they are offered, who took it up, a list of them from a file, the key for the shop."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from hanse.bridges.files.answers import LONGEST_FILE
from hanse.bridges.files.sharing import read_buyers
from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.page import needs_program, tell
from hanse.faces.common.tables import Column, Table, UrlState, export, wants_csv
from hanse.faces.console.acts import CHANGE
from hanse.faces.console.forms import PlainForm, attempt, attempt_or_warn, said
from hanse.faces.console.programs.common import AmountField
from hanse.faces.console.prospects.adding import row_of
from hanse.faces.console.recruiting.frame import recruit_page
from hanse.growth.sharing.actions import MOST_AT_ONCE, bring_customers, offer_sharing, renew_sharing_key
from hanse.growth.sharing.addresses import sharing_key, sharing_path
from hanse.growth.sharing.models import SharingOffer
from hanse.growth.sharing.queries import brought_by, customers_of, sharing_offer
from hanse.growth.sharing.types import Wanted
from hanse.kernel import clock
from hanse.kernel.errors import HanseError, Invalid
from hanse.kernel.ids import text_id
from hanse.kernel.money import decimal_text
from hanse.programs.domains.queries import link_base
from hanse.programs.programs.models import Program
from hanse.programs.tiers.queries import tiers_of
from hanse.spine.outbox.actions import absolute_url

_REFUSED_SHOWN = 50


class SharingForm(PlainForm):
    """What customers are offered."""

    is_open = forms.BooleanField(label=gettext_lazy("Customers can take this up"), required=False)
    friend_gets = forms.CharField(
        label=gettext_lazy("What their friends get"), max_length=160, required=False,
        help_text=gettext_lazy("Like “10% off the first order”. Your shop takes it off where the code is used."),
    )  # fmt: skip
    paid_in = forms.ChoiceField(
        label=gettext_lazy("What they earn comes as"),
        choices=[
            ("money", gettext_lazy("Money: what the terms say, by payout")),
            ("credit", gettext_lazy("Store credit: what the terms say, as coupons from your shop")),
            ("product", gettext_lazy("A product for orders of friends, beside what the terms say")),
        ],
    )  # fmt: skip
    product = forms.CharField(label=gettext_lazy("Product"), max_length=120, required=False)
    product_worth = AmountField(label=gettext_lazy("Worth of it"), required=False)
    orders_each = forms.IntegerField(
        label=gettext_lazy("For how many orders of friends"), min_value=1, max_value=1000, initial=1, required=False
    )
    tier = forms.ChoiceField(
        label=gettext_lazy("Tier they join"), required=False,
        help_text=gettext_lazy("Its terms say what they earn. Make one of their own to pay them otherwise."),
    )  # fmt: skip
    headline = forms.CharField(
        label=gettext_lazy("Headline"), max_length=160, required=False,
        help_text=gettext_lazy("Left empty, we write one with your program's name."),
    )  # fmt: skip
    code_prefix = forms.CharField(
        label=gettext_lazy("Codes begin with"), max_length=20, required=False,
        help_text=gettext_lazy("FRIEND gives codes like FRIEND-7Q2KXD."),
    )  # fmt: skip

    def __init__(self, program: Program, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tier = self.fields["tier"]
        assert isinstance(tier, forms.ChoiceField)
        tier.choices = [("", _("As other newcomers")), *((one.key, one.name) for one in tiers_of(program.pk))]
        worth = self.fields["product_worth"]
        assert isinstance(worth, AmountField)
        worth.currency, worth.label = program.currency, f"{worth.label} ({program.currency})"


class CustomersFileForm(PlainForm):
    """A list of customers."""

    file = forms.FileField(label=gettext_lazy("CSV file of customers"))
    is_mailed = forms.BooleanField(label=gettext_lazy("Mail each their link and code"), required=False, initial=True)


@console_page(write_roles=CHANGE)
@writes
@needs_program
def sharing(request: HttpRequest, program: Program) -> HttpResponseBase:
    """Show who shares; change what is offered, or bring in a list whole."""
    offer = sharing_offer(program.pk)
    is_file = "file" in request.FILES or "send_file" in request.POST
    posted = request.POST if request.method == "POST" else None
    form = SharingForm(program, None if is_file else posted, initial=_known(offer))
    file_form = CustomersFileForm(request.POST, request.FILES, auto_id="file_%s") if is_file else CustomersFileForm(
        auto_id="file_%s"
    )  # fmt: skip
    refused: list[tuple[int, str]] = []
    if posted is not None:
        done = _brought(request, offer, file_form, refused) if is_file else _offered(request, program, form)
        if done:
            return HttpResponseRedirect(reverse("console:sharing"), status=303)
    table = Table(UrlState(request.GET), customers_of(program.pk), _columns(program), "-joined")
    if wants_csv(request) and posted is None:
        return export("customers-who-share", table)
    brought = brought_by([row.enrolment_id for row in table.page_rows])
    context = {
        "offer": offer, "form": form, "file_form": file_form, "table": table, "refused": refused,
        "rows": [_row(row, brought) for row in table.page_rows], "may_act": may(request, CHANGE),
        "page": absolute_url(sharing_path(program.slug)), "most_rows": MOST_AT_ONCE, "refused_count": len(refused),
        "count": customers_of(program.pk).count(), "key": sharing_key(offer) if offer and may(request, CHANGE) else "",
        "is_form_open": bool(form.errors) or offer is None, "is_file_open": bool(refused or file_form.errors),
    }  # fmt: skip
    status = 422 if posted is not None else 200
    return recruit_page(request, program, "console/recruiting/sharing.html", "sharing", context, status=status)


@console_page(write_roles=CHANGE)
@require_POST
@writes
@needs_program
def renew(request: HttpRequest, program: Program) -> HttpResponse:
    """Make a new key; addresses signed with the old one lead nowhere any more."""
    attempt_or_warn(
        request, lambda: renew_sharing_key(program, now=clock.now(), by=actor(request)),
        _("There is a new key. Put it into your shop; addresses signed with the old one no longer hold."),
    )  # fmt: skip
    return HttpResponseRedirect(reverse("console:sharing"), status=303)


def _known(offer: SharingOffer | None) -> dict[str, Any]:
    if offer is None:
        return {"is_open": True, "code_prefix": "FRIEND"}
    names = ("is_open", "headline", "friend_gets", "paid_in", "product", "orders_each", "code_prefix")
    known = {name: getattr(offer, name) for name in names}
    return {
        **known,
        "product_worth": decimal_text(offer.product_worth_minor, offer.program.currency)
        if offer.product_worth_minor
        else "",
        "tier": offer.tier.key if offer.tier else "",
    }


def _offered(request: HttpRequest, program: Program, form: SharingForm) -> bool:
    if not form.is_valid():
        return False
    given = dict(form.cleaned_data)
    given["product_worth_minor"] = given.pop("product_worth") or 0
    given["orders_each"] = given["orders_each"] or 1
    kept = attempt(form, lambda: offer_sharing(program, Wanted(**given), now=clock.now(), by=actor(request)))
    if kept is None:
        return False
    tell(request, _("Kept. Customers can take it up now.") if kept.is_open else _("Kept. It is closed for now."))
    return True


def _brought(
    request: HttpRequest, offer: SharingOffer | None, form: forms.Form, refused: list[tuple[int, str]]
) -> bool:
    if offer is None or not form.is_valid():
        return False
    try:
        rows = read_buyers(form.cleaned_data["file"].read(LONGEST_FILE + 1))
        is_mailed = form.cleaned_data["is_mailed"]
        done = bring_customers(offer, rows, source="csv", is_mailed=is_mailed, now=clock.now(), by=actor(request))
    except Invalid as error:
        refused += [row_of(problem) for problem in error.problems][:_REFUSED_SHOWN]
        return False
    except HanseError as error:
        form.add_error(None, said(error))
        return False
    new = ngettext("%(n)d customer can share now", "%(n)d customers can share now", done.new) % {"n": done.new}
    tell(request, new if not done.known else f"{new}; " + _("%(n)d could before") % {"n": done.known})
    return True


def _row(row: Any, brought: Any) -> dict[str, Any]:
    orders, owed_minor = brought.get(row.enrolment_id, (0, 0))
    partner = row.enrolment.partner
    return {
        "row": row, "partner": partner, "partner_id": text_id("prt", partner.pk), "orders": orders, "owed": owed_minor,
        "code": row.coupon.code if row.coupon else "", "source": source_names()[row.source],
        "is_ambassador": "ambassador" in partner.types,
    }  # fmt: skip


def _columns(program: Program) -> list[Column[Any]]:
    names, base = source_names(), link_base(program.pk)
    return [
        Column("name", _("Customer"), ("enrolment__partner__name",), lambda row: row.enrolment.partner.name),
        Column("email", _("E-mail"), (), lambda row: row.enrolment.partner.email),
        Column("customer", _("Your id"), ("customer",), lambda row: row.customer),
        Column("code", _("Code"), ("coupon__code",), lambda row: row.coupon.code if row.coupon else ""),
        Column("link", _("Link"), (), lambda row: f"{base}/{row.link.slug}" if row.link else ""),
        Column("source", _("Came by"), ("source",), lambda row: names[row.source]),
        Column("joined", _("Since"), ("joined_at",), lambda row: row.joined_at.isoformat(), is_number=True),
    ]


def source_names() -> dict[str, str]:
    """Return where the click came from, in words."""
    return {"page": _("the page"), "order": _("an order"), "api": _("your shop's call"), "csv": _("a list")}
