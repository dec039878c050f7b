"""The calendar: what is worth a post and when, with the partner's link inside; to subscribe to; proven examples."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST, require_safe

from hanse.faces.common.access import actor, portal_page, public_page, writes
from hanse.faces.common.kit_words import kind_words
from hanse.faces.common.page import tell, warn
from hanse.faces.portal.resource_tabs import resource_tabs
from hanse.faces.portal.seat import Seat, needs_seat, portal
from hanse.growth.prompts import rules
from hanse.growth.prompts.addresses import address_of, end_address, make_address, owner_of, web_address
from hanse.growth.prompts.calendars import calendar_of
from hanse.growth.prompts.examples import examples_of, examples_shown, give_consent, refuse_consent
from hanse.growth.prompts.models import Example, Prompt
from hanse.growth.prompts.queries import prompts_for
from hanse.growth.prompts.samples import Sample, make_link, samples_for
from hanse.kernel import clock
from hanse.kernel.clock import local_day
from hanse.kernel.errors import HanseError
from hanse.kernel.ids import text_id
from hanse.kernel.signing import key_hash


@dataclass(frozen=True, slots=True)
class PromptCard:
    """One prompt as it is drawn."""

    prompt: Prompt
    kind: tuple[str, str]
    sample: Sample
    days_away: int
    is_on: bool
    kit_href: str
    deadline_days: int | None


@dataclass(frozen=True, slots=True)
class AskedCard:
    """A piece of the partner's own that we ask about, or show."""

    example: Example
    form: ConsentForm


class ConsentForm(forms.Form):
    """How the author is named."""

    use_required_attribute = False
    shown_name = forms.CharField(label=gettext_lazy("Named as"), max_length=80, label_suffix="")
    shows_numbers = forms.BooleanField(
        label=gettext_lazy("Its clicks and sales may stand beside it"), required=False, label_suffix=""
    )


@portal_page
@needs_seat
@require_GET
def calendar(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show what is worth a post, the nearest first."""
    return _page(request, seat)


@portal_page
@writes
@needs_seat
@require_POST
def prompt_link(request: HttpRequest, seat: Seat, prompt_id: UUID) -> HttpResponse:
    """Make the link of a sample."""
    prompt = next((one for one in prompts_for(seat.enrolment, clock.now()) if one.pk == prompt_id), None)
    if prompt is None or prompt.offer is None:
        raise Http404
    try:
        make_link(prompt, seat.enrolment, now=clock.now(), by=actor(request))
    except HanseError as error:
        warn(request, str(error))
    else:
        tell(request, _("Your link is inside."))
    return HttpResponseRedirect(f"{reverse('portal:calendar')}#{prompt_id}", status=303)


@portal_page
@writes
@needs_seat
@require_POST
def address(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Make the secret address of the partner's calendar, make another one, or end it."""
    now, known = clock.now(), address_of(seat.program, enrolment=seat.enrolment)
    if request.POST.get("end") == "1":
        if known is not None:
            end_address(known, now=now, by=actor(request))
        tell(request, _("The address answers nothing any more."))
    else:
        make_address(seat.program, enrolment=seat.enrolment, now=now, by=actor(request))
        tell(
            request, _("A new address. The old one answers nothing any more.") if known else _("Here is your address.")
        )
    return HttpResponseRedirect(f"{reverse('portal:calendar')}#subscribe", status=303)


@portal_page
@writes
@needs_seat
@require_POST
def consent(request: HttpRequest, seat: Seat, example_id: UUID) -> HttpResponse:
    """Take the author's yes or no; the last word counts."""
    example = next((one for one in examples_of(seat.enrolment.pk) if one.pk == example_id), None)
    if example is None:
        raise Http404
    if request.POST.get("answer") != "yes":
        refuse_consent(example, now=clock.now(), by=actor(request))
        tell(request, _("Nobody sees it. Thank you for the word."))
        return _back()
    form = ConsentForm(request.POST, auto_id=f"{example.pk}-%s")
    if not form.is_valid():
        return _page(request, seat, {example.pk: form}, status=422)
    said = form.cleaned_data
    give_consent(
        example, shown_name=said["shown_name"], shows_numbers=said["shows_numbers"], now=clock.now(), by=actor(request)
    )
    tell(request, _("Thank you. You can take it back at any time."))
    return _back()


@public_page
@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """Answer a calendar program by the secret address alone; other addresses are not there."""
    owner = owner_of(secret)
    if owner is None:
        raise Http404
    content = calendar_of(owner, clock.now())
    etag = quote_etag(key_hash(content.decode())[:32])
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="calendar.ics"'
    response["Cache-Control"] = "private, max-age=900"
    response["ETag"] = etag
    response["X-Robots-Tag"] = "noindex"
    return get_conditional_response(request, etag=etag, response=response) or response


def _page(
    request: HttpRequest, seat: Seat, forms_of: dict[UUID, ConsentForm] | None = None, *, status: int = 200
) -> HttpResponse:
    now = clock.now()
    prompts = prompts_for(seat.enrolment, now)
    samples, today = samples_for(prompts, seat.enrolment, now), local_day(now, seat.program.time_zone)
    known = address_of(seat.program, enrolment=seat.enrolment)
    asked = [_asked(one, (forms_of or {}).get(one.pk), seat) for one in examples_of(seat.enrolment.pk)]
    context = {
        "cards": [_card(prompt, samples[prompt.pk], today) for prompt in prompts],
        "feed": web_address(known) if known else "", "waits": [one for one in asked if one.example.state == "asked"],
        "answered": [one for one in asked if one.example.state != "asked"], "tabs": resource_tabs("calendar"),
        "examples": examples_shown(seat.program.pk, but_of=seat.enrolment.pk),
        "can_act": not seat.is_viewed and seat.enrolment.status == "active", "can_say": not seat.is_viewed,
    }  # fmt: skip
    return portal(request, seat, "portal/calendar.html", "resources", context, status=status)


def _card(prompt: Prompt, sample: Sample, today: date) -> PromptCard:
    deadline, is_open = prompt.deadline_on, prompt.kit is not None and prompt.kit.withdrawn_at is None
    return PromptCard(
        prompt, kind_words(prompt.kind), sample, (prompt.on - today).days,
        prompt.on <= today <= rules.last_day(prompt),
        reverse("portal:kit", args=[text_id("kit", prompt.kit.pk)]) if prompt.kit and is_open else "",
        (deadline - today).days if deadline is not None and deadline >= today else None,
    )  # fmt: skip


def _asked(example: Example, form: ConsentForm | None, seat: Seat) -> AskedCard:
    partner = seat.partner
    given = {"shown_name": example.shown_name or partner.name, "shows_numbers": example.shows_numbers}
    return AskedCard(example, form or ConsentForm(initial=given, auto_id=f"{example.pk}-%s"))


def _back() -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('portal:calendar')}#examples", status=303)
