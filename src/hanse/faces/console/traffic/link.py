"""One link: where it leads, routes and split, QR code, on and off; and new links, one or one for each partner."""

from __future__ import annotations

import io
from datetime import timedelta

import segno
from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from hanse.faces.common.access import MANAGE, actor, console_page, may, writes
from hanse.faces.common.links import id_or_404, partner_href
from hanse.faces.common.page import needs_program, tell
from hanse.faces.console.forms import attempt, attempt_or_warn
from hanse.faces.console.traffic.click_reasons import invalid_share, reason_shares
from hanse.faces.console.traffic.frame import traffic_page
from hanse.faces.console.traffic.link_form import LinkFields, LinkForm
from hanse.kernel import clock
from hanse.kernel.errors import HanseError
from hanse.kernel.ids import text_id
from hanse.programs.enrolments.queries import enrolments_of_program
from hanse.programs.offers.queries import offers_of
from hanse.programs.programs.models import Program
from hanse.traffic.clicks.listing import ClickFilter, clicks_by_reason
from hanse.traffic.links.actions import NewLink, archive_link, change_link, create_links, restore_link
from hanse.traffic.links.models import Link
from hanse.traffic.links.queries import link_address


class NewLinksForm(LinkFields):
    """New links: one for each of the chosen partners."""

    partners = forms.MultipleChoiceField(
        label=gettext_lazy("For"), widget=forms.SelectMultiple(attrs={"size": 8}),
        help_text=gettext_lazy("Each chosen partner gets a link of their own."),
    )  # fmt: skip
    offer = forms.ChoiceField(label=gettext_lazy("Offer"))
    slug = forms.CharField(
        label=gettext_lazy("Ending"), max_length=120, required=False,
        help_text=gettext_lazy("For one partner only. Empty: made of the partner’s name."),
    )  # fmt: skip

    field_order = ("partners", "offer", "destination_url", "slug", "label", "initiative", "expires_at")


@console_page()
@writes
@needs_program
def link(request: HttpRequest, program: Program, link_id: str) -> HttpResponse:
    """Show a link; a POST changes it."""
    found = _link(program, link_id)
    form = LinkForm(found, request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            change_link(
                found, destination_url=said["destination_url"], label=said["label"], initiative=said["initiative"],
                expires_at=said["expires_at"], routes=form.routes(), now=clock.now(), by=actor(request),
            )  # fmt: skip
        except HanseError as error:
            form.show(error)
        else:
            tell(request, _("The link is saved; visitors follow it within a second."))
            return _to(link_id)
    month_ago = clock.now() - timedelta(days=30)
    counts = clicks_by_reason(ClickFilter(program.pk, month_ago, link_number=found.number))
    context = {
        "reasons": reason_shares(counts), "invalid_share": invalid_share(counts),
        "link": found, "form": form, "id": link_id, "url": link_address(found), "partner": found.enrolment.partner,
        "partner_href": partner_href(found.enrolment.partner_id), "may_change": may(request, MANAGE),
        "hosts": ", ".join(found.offer.allowed_hosts),
    }  # fmt: skip
    status = 422 if form.errors else 200
    return traffic_page(request, program, "console/traffic/link.html", "links", context, status=status)


@console_page(roles=MANAGE)
@writes
@needs_program
def new(request: HttpRequest, program: Program) -> HttpResponse:
    """Make links: one for each of the chosen partners."""
    enrolments = {str(row.pk): row for row in enrolments_of_program(program.pk) if row.status in ("active", "paused")}
    offers = {str(row.pk): row for row in offers_of(program.pk)}
    form = NewLinksForm(request.POST or None, initial={"partners": request.GET.getlist("partner")})
    form.fields["partners"].choices = [(pk, row.partner.name) for pk, row in enrolments.items()]  # type: ignore[attr-defined]
    form.fields["offer"].choices = [(pk, row.name) for pk, row in offers.items()]  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        chosen = [enrolments[pk] for pk in said["partners"]]
        if said["slug"] and len(chosen) > 1:
            form.add_error("slug", _("Each link has an ending of its own: leave this empty for several partners."))
        else:
            wanted = [
                NewLink(
                    enrolment, offers[said["offer"]], slug=said["slug"] or None, label=said["label"],
                    destination_url=said["destination_url"] or None, initiative=said["initiative"],
                    expires_at=said["expires_at"],
                )
                for enrolment in chosen
            ]  # fmt: skip
            made = attempt(form, lambda: _made(request, wanted))
            if made:
                count = len(made)
                tell(request, ngettext("%(n)d link is made.", "%(n)d links are made.", count) % {"n": count})
                return _to(text_id("lnk", made[0].pk)) if count == 1 else _to()
    context = {"form": form, "offers": offers, "enrolments": enrolments}
    status = 422 if form.errors else 200
    return traffic_page(request, program, "console/traffic/link_new.html", "links", context, status=status)


def _made(request: HttpRequest, wanted: list[NewLink]) -> list[Link]:
    return create_links(wanted, now=clock.now(), by=actor(request), pointer=None if len(wanted) == 1 else "")


@console_page()
@require_POST
@writes
@needs_program
def archive(request: HttpRequest, program: Program, link_id: str) -> HttpResponse:
    """Switch a link off."""
    found = _link(program, link_id)
    done = _("The link is switched off; its numbers stay.")
    undo = reverse("console:link_restore", args=[link_id])
    attempt_or_warn(request, lambda: archive_link(found, now=clock.now(), by=actor(request)), done, undo=undo)
    return _to(link_id)


@console_page()
@require_POST
@writes
@needs_program
def restore(request: HttpRequest, program: Program, link_id: str) -> HttpResponse:
    """Switch a link on again."""
    found = _link(program, link_id)
    attempt_or_warn(
        request, lambda: restore_link(found, now=clock.now(), by=actor(request)), _("The link works again.")
    )
    return _to(link_id)


@console_page()
@require_GET
@needs_program
def qr(request: HttpRequest, program: Program, link_id: str) -> HttpResponse:
    """Show or download a link's QR code (SVG)."""
    found = _link(program, link_id)
    drawn = io.BytesIO()
    segno.make(link_address(found), error="m", micro=False).save(drawn, kind="svg", scale=8, border=4)
    response = HttpResponse(drawn.getvalue(), content_type="image/svg+xml")
    if "show" not in request.GET:
        response["Content-Disposition"] = f'attachment; filename="{found.slug}.svg"'
    return response


def _link(program: Program, text: str) -> Link:
    rows = Link.objects.select_related("enrolment__partner", "enrolment__program", "offer__program")
    return get_object_or_404(rows, pk=id_or_404("lnk", text), enrolment__program=program)


def _to(link_id: str = "") -> HttpResponse:
    path = reverse("console:link", args=[link_id]) if link_id else reverse("console:traffic")
    return HttpResponseRedirect(path, status=303)
