"""Links & codes: make, copy, print, see where they lead and what they bring."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import segno
from django import forms
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hanse.faces.common.access import actor, portal_page, writes
from hanse.faces.common.links import id_or_404
from hanse.faces.common.page import tell, warn
from hanse.faces.common.problems import show_problems
from hanse.faces.portal.seat import Seat, needs_seat, portal
from hanse.kernel import clock
from hanse.kernel.errors import HanseError, Refused
from hanse.kernel.ids import text_id
from hanse.programs.domains.queries import link_base
from hanse.programs.offers.models import Offer
from hanse.spine.outbox.actions import absolute_url
from hanse.traffic.coupons.models import Coupon
from hanse.traffic.links.actions import archive_link, create_link, note_copied, restore_link
from hanse.traffic.links.models import Link
from hanse.traffic.links.queries import link_address

DAYS = 30


@dataclass(frozen=True, slots=True)
class LinkRow:
    """One link as the page shows it."""

    text_id: str
    name: str
    address: str
    shown: str
    leads_to: str
    clicks: int
    sales: int
    is_archived: bool
    varies: bool


@dataclass(frozen=True, slots=True)
class CodeRow:
    """One code as the page shows it."""

    coupon: Coupon
    sales: int


class LinkForm(forms.Form):
    """A new link."""

    use_required_attribute = False
    offer = forms.ChoiceField(label=gettext_lazy("For"))
    label = forms.CharField(
        label=gettext_lazy("Name"), max_length=120, required=False,
        help_text=gettext_lazy("For yourself: where you will put it"),
    )  # fmt: skip
    slug = forms.CharField(label=gettext_lazy("Ending"), max_length=120, required=False)
    destination_url = forms.URLField(
        label=gettext_lazy("Leads to"), max_length=1000, required=False, assume_scheme="https",
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
        error_messages={"invalid": gettext_lazy("This is not a web address. It is written like https://shop.example/page.")},
    )  # fmt: skip

    def __init__(self, *args: Any, offers: list[Offer], **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.offers = {str(offer.pk): offer for offer in offers}
        choice = self.fields["offer"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [(pk, offer.name) for pk, offer in self.offers.items()]
        if len(offers) == 1:
            choice.widget = forms.HiddenInput()
            choice.initial = str(offers[0].pk)
        hosts = sorted({host for offer in offers for host in offer.allowed_hosts})
        shown = urlsplit(link_base(offers[0].program_id) if offers else absolute_url("/")).netloc
        self.fields["slug"].help_text = _("After %(host)s/ — left empty we make one of your name") % {"host": shown}
        self.fields["destination_url"].help_text = _("A page of %(hosts)s — left empty: the front page") % {
            "hosts": ", ".join(hosts)
        }


@portal_page
@writes
@needs_seat
@require_http_methods(["GET", "POST"])
def links(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show the partner's links and codes; make a new link."""
    form = LinkForm(request.POST if request.method == "POST" else None, offers=list(seat.scope.offers()))
    if request.method == "POST" and form.is_valid():
        link = _made(request, seat, form)
        if link is not None:
            tell(request, _("Your new link is ready."))
            return HttpResponseRedirect(reverse("portal:links"))
    rows = link_rows(seat)
    context = {
        "form": form, "rows": [row for row in rows if not row.is_archived], "days": DAYS, "codes": code_rows(seat),
        "archived": [row for row in rows if row.is_archived], "can_make": bool(form.offers) and not _is_closed(seat),
    }  # fmt: skip
    return portal(request, seat, "portal/links.html", "links", context, status=422 if form.errors else 200)


def _is_closed(seat: Seat) -> bool:
    return seat.enrolment.status in ("ended", "suspended", "pending") or seat.is_viewed


def _made(request: HttpRequest, seat: Seat, form: LinkForm) -> Link | None:
    data = form.cleaned_data
    try:
        return create_link(
            seat.enrolment, form.offers[data["offer"]], slug=data["slug"] or None, label=data["label"],
            destination_url=data["destination_url"] or None, now=clock.now(), by=actor(request),
        )  # fmt: skip
    except HanseError as error:
        show_problems(form, error)
        return None


def link_rows(seat: Seat) -> list[LinkRow]:
    """Return the partner's links with their last thirty days. Three queries."""
    since = clock.now() - timedelta(days=DAYS)
    found = list(seat.scope.links().select_related("offer").order_by("-created_at", "-pk"))
    valid = seat.scope.clicks().filter(occurred_at__gte=since, reason="")
    clicks = dict(valid.values("link_number").annotate(n=Count("pk")).values_list("link_number", "n").order_by())
    sold = seat.scope.credits().filter(occurred_at__gte=since, conversion__is_test=False)
    sales = dict(sold.values("link_number").annotate(n=Count("pk")).values_list("link_number", "n").order_by())
    base = link_base(seat.program.pk)
    return [_row(link, base, clicks.get(link.number, 0), sales.get(link.number, 0)) for link in found]


def _row(link: Link, base: str, clicks: int, sales: int) -> LinkRow:
    address = f"{base}/{link.slug}"
    target = urlsplit(link.destination_url)
    return LinkRow(
        text_id("lnk", link.pk), link.label, address, address.partition("://")[2],
        f"{target.netloc}{target.path.rstrip('/')}", clicks, sales, link.archived_at is not None,
        bool(link.routes),
    )  # fmt: skip


def code_rows(seat: Seat) -> list[CodeRow]:
    """Return the partner's codes that can be used, with their last thirty days. One query."""
    since = clock.now() - timedelta(days=DAYS)
    rows = seat.scope.coupons().filter(archived_at=None).order_by("-created_at", "-pk")
    sold = seat.scope.credits().filter(occurred_at__gte=since, conversion__is_test=False)
    used = sold.exclude(conversion__coupon_code="").values("conversion__coupon_code").annotate(n=Count("pk")).order_by()
    codes = {str(code).upper(): count for code, count in used.values_list("conversion__coupon_code", "n")}
    return [CodeRow(coupon, codes.get(coupon.code, 0)) for coupon in rows]


def _link(seat: Seat, text: str) -> Link:
    link = seat.scope.links().select_related("offer__program", "enrolment").filter(pk=id_or_404("lnk", text)).first()
    if link is None:
        raise Http404
    return link


@portal_page
@writes
@needs_seat
@require_POST
def copied(request: HttpRequest, seat: Seat, link: str) -> HttpResponse:
    """Note that a link was copied: a step on the way to the first win."""
    note_copied(_link(seat, link), clock.now())
    return HttpResponse(status=204)


@portal_page
@writes
@needs_seat
@require_POST
def archive(request: HttpRequest, seat: Seat, link: str) -> HttpResponse:
    """Switch a link off."""
    archive_link(_link(seat, link), now=clock.now(), by=actor(request))
    undo = reverse("portal:link_restore", args=[link])
    tell(request, _("The link is switched off; its numbers stay."), undo=undo)
    return HttpResponseRedirect(reverse("portal:links"))


@portal_page
@writes
@needs_seat
@require_POST
def restore(request: HttpRequest, seat: Seat, link: str) -> HttpResponse:
    """Switch a link on again."""
    try:
        restore_link(_link(seat, link), now=clock.now(), by=actor(request))
    except Refused as error:
        warn(request, error.message)
    else:
        tell(request, _("The link works again."))
    return HttpResponseRedirect(reverse("portal:links"))


@portal_page
@needs_seat
@require_GET
def qr(request: HttpRequest, seat: Seat, link: str, kind: str) -> HttpResponse:
    """Download a link as a QR code, to print (SVG) or to show (PNG)."""
    row = _link(seat, link)
    code, file = segno.make(link_address(row), error="m", micro=False), io.BytesIO()
    code.save(file, kind=kind, scale=12 if kind == "png" else 10, border=4)
    response = HttpResponse(file.getvalue(), content_type="image/png" if kind == "png" else "image/svg+xml")
    if "show" not in request.GET:
        response["Content-Disposition"] = f'attachment; filename="{row.slug}.{kind}"'
    return response
