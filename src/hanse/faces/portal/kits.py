"""Kits: a quarter of an hour of promotion, with the partner's own link and code inside, copied by one tap."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hanse.faces.common.access import actor, portal_page, writes
from hanse.faces.common.kit_words import channel_names
from hanse.faces.common.links import id_or_404
from hanse.faces.common.page import tell, warn
from hanse.faces.common.problems import show_problems
from hanse.faces.portal.resource_tabs import resource_tabs
from hanse.faces.portal.seat import Seat, needs_seat, portal
from hanse.growth.content.actions import note_piece
from hanse.growth.kits.counting import partners_of
from hanse.growth.kits.models import KitPicture, KitUse
from hanse.growth.kits.pictures import file_name, pack, pictures_of
from hanse.growth.kits.queries import FilledKit, Mine, filled_kit, kit_for, kits_for, text_of
from hanse.growth.kits.taking import note_out, note_step, note_tap, take_kit
from hanse.growth.kits.types import FilledCopy, TapKind
from hanse.growth.prompts.examples import examples_shown
from hanse.growth.resources.files.addresses import media_href
from hanse.kernel import clock
from hanse.kernel.errors import HanseError
from hanse.kernel.ids import text_id

_TAPS = ("text", "link", "code", "picture")


@dataclass(frozen=True, slots=True)
class Card:
    """One kit in the list."""

    mine: Mine
    id: str
    href: str
    channels: str


@dataclass(frozen=True, slots=True)
class CopyCard:
    """Words for one channel as they are drawn; `parts` are the text, parted at its link."""

    copy: FilledCopy
    name: str
    is_own: bool
    is_copied: bool
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of the quarter of an hour."""

    place: int
    title: str
    text: str
    minutes: int
    is_done: bool


@dataclass(frozen=True, slots=True)
class PictureCard:
    """One file that goes with a kit."""

    picture: KitPicture
    alt: str
    href: str
    small_href: str


class OutForm(forms.Form):
    """Where the piece can be seen."""

    use_required_attribute = False
    address = forms.CharField(
        label=gettext_lazy("Its address"), max_length=1000, label_suffix="",
        widget=forms.URLInput(attrs={"placeholder": "https://", "inputmode": "url", "autocomplete": "off"}),
    )  # fmt: skip


@portal_page
@needs_seat
@require_GET
def kits(request: HttpRequest, seat: Seat) -> HttpResponse:
    """List the kits that the partner may use, and those they used."""
    found, names = kits_for(seat.enrolment, clock.now()), channel_names()
    cards = [_card(one, names) for one in found]
    context = {
        "cards": [card for card in cards if card.mine.stage == "open"],
        "past": [card for card in cards if card.mine.stage != "open"], "tabs": resource_tabs("kits"),
    }  # fmt: skip
    return portal(request, seat, "portal/kits.html", "resources", context)


@portal_page
@writes
@needs_seat
@require_http_methods(["GET", "POST"])
def kit(request: HttpRequest, seat: Seat, kit_id: str) -> HttpResponse:
    """Show one kit with the partner's own inside; take the address of what they published with it."""
    mine = _mine(seat, kit_id)
    form = OutForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _publish(request, seat, mine, form):
        tell(request, _("Wonderful. From now on you see here what it brings."))
        return HttpResponseRedirect(_href(mine), status=303)
    context = _shown(seat, mine) | {"form": form, "tabs": resource_tabs("kits")}
    return portal(request, seat, "portal/kit.html", "resources", context, status=422 if form.errors else 200)


@portal_page
@writes
@needs_seat
@require_POST
def take(request: HttpRequest, seat: Seat, kit_id: str) -> HttpResponse:
    """Put the partner's link and code into a kit; they are made where there are none."""
    mine = _mine(seat, kit_id)
    try:
        use = take_kit(mine.kit, seat.enrolment, now=clock.now(), by=actor(request))
    except HanseError as error:
        warn(request, str(error))
    else:
        if use.has_made_link:
            tell(request, _("Your link is made and inside. Copy and go."))
        else:
            tell(request, _("Your link is inside. Copy and go."))
    return HttpResponseRedirect(_href(mine), status=303)


@portal_page
@writes
@needs_seat
@require_POST
def copied(request: HttpRequest, seat: Seat, kit_id: str) -> HttpResponse:
    """Note that something of a kit was copied or downloaded."""
    mine, kind = _mine(seat, kit_id), request.GET.get("kind", "")
    if kind not in _TAPS:
        raise Http404
    use = _taken(request, seat, mine)
    if use is not None:
        about, channel = request.GET.get("about", ""), request.GET.get("channel", "")
        note_tap(use, cast(TapKind, kind), about=about, channel=channel, now=clock.now())
    return HttpResponse(status=204)


@portal_page
@writes
@needs_seat
@require_POST
def step(request: HttpRequest, seat: Seat, kit_id: str) -> HttpResponse:
    """Tick a step off, or on again."""
    mine = _mine(seat, kit_id)
    use = _taken(request, seat, mine)
    place = request.POST.get("place", "")
    if not place.isascii() or not place.isdigit() or len(place) > 2 or use is None:
        raise Http404
    try:
        note_step(use, int(place), is_done=request.POST.get("done") == "1", now=clock.now())
    except HanseError as error:
        raise Http404 from error
    return HttpResponseRedirect(f"{_href(mine)}#s-{place}", status=303)


@portal_page
@writes
@needs_seat
@require_POST
def archive(request: HttpRequest, seat: Seat, kit_id: str) -> HttpResponse:
    """Download all of a kit at once."""
    mine = _mine(seat, kit_id)
    use = _taken(request, seat, mine)
    if use is None:
        return HttpResponseRedirect(_href(mine), status=303)
    note_tap(use, "zip", now=clock.now())
    content = pack(mine, filled_kit(mine.kit, seat.enrolment, use, clock.now()))
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{file_name(mine.kit)}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _card(one: Mine, names: dict[str, str]) -> Card:
    channels = dict.fromkeys(copy.channel for copy in sorted(one.kit.copies.all(), key=lambda copy: copy.place))
    shown = ", ".join(names.get(channel, channel) for channel in channels)
    return Card(one, text_id("kit", one.kit.pk), _href(one), shown)


def _shown(seat: Seat, mine: Mine) -> dict[str, Any]:
    now, names = clock.now(), channel_names()
    filled = filled_kit(mine.kit, seat.enrolment, mine.use, now)
    taps: defaultdict[str, set[str]] = defaultdict(set)
    for tap in mine.use.taps.all() if mine.use else ():
        taps[tap.kind].add(tap.about)
    copies = [_copy_card(copy, names, seat.partner.channels, taps["text"]) for copy in filled.copies]
    brought = partners_of(mine.kit, [seat.enrolment.pk])[seat.enrolment.pk] if mine.use else None
    can_act = not seat.is_viewed and seat.enrolment.status == "active" and mine.stage == "open"
    return {
        "mine": mine, "kit": mine.kit, "kit_id": text_id("kit", mine.kit.pk), "filled": filled, "can_act": can_act,
        "prompt": text_of(mine.kit.prompt, filled),
        "copies": sorted(copies, key=lambda one: (not one.is_own, one.copy.place)), "steps": _steps(mine, filled),
        "pictures": [_picture(one) for one in pictures_of(mine.kit)], "brought": brought,
        "needs_link": not filled.address or (filled.makes_code and mine.use is None), "copied_code": taps["code"],
        "examples": examples_shown(seat.program.pk, but_of=seat.enrolment.pk, limit=3), "shop": seat.program.name,
    }  # fmt: skip


def _copy_card(copy: FilledCopy, names: dict[str, str], own: list[str], copied: set[str]) -> CopyCard:
    said = " ".join(str(place).lower() for place in own)
    words = {"stories": "instagram", "blog": "blog"}.get(copy.channel, copy.channel)
    is_own = copy.channel != "other" and len(words) > 1 and words in said
    marked = tuple(copy.text.split(copy.link)) if copy.link else (copy.text,)
    return CopyCard(copy, names[copy.channel], is_own, str(copy.place) in copied, marked)


def _steps(mine: Mine, filled: FilledKit) -> list[StepRow]:
    done = set(mine.use.steps_done) if mine.use else set()
    return [
        StepRow(place, step["title"], text_of(step["text"], filled), step["minutes"], place in done)
        for place, step in enumerate(mine.kit.steps)
    ]


def _picture(row: KitPicture) -> PictureCard:
    href = media_href(row.file, asks_to_save=True)
    return PictureCard(row, row.alt or row.file.name, href, media_href(row.file, is_small=True))


def _publish(request: HttpRequest, seat: Seat, mine: Mine, form: OutForm) -> bool:
    address = str(form.cleaned_data["address"])
    try:
        use = take_kit(mine.kit, seat.enrolment, now=clock.now(), by=actor(request))
        note_out(use, address, now=clock.now())
        note_piece(
            seat.enrolment, address=address, title=mine.kit.name, published_at=None, source="partner",
            text=_links_used(mine, seat, use), now=clock.now(), by=actor(request),
        )  # fmt: skip
    except HanseError as error:
        show_problems(form, error)
        return False
    return True


def _links_used(mine: Mine, seat: Seat, use: KitUse) -> str:
    """The links of the words that were copied, or all of them: they stand in what was published."""
    copies = filled_kit(mine.kit, seat.enrolment, use, clock.now()).copies
    tapped = {tap.about for tap in use.taps.all() if tap.kind == "text"}
    return "\n".join(copy.link for copy in copies if not tapped or str(copy.place) in tapped)


def _taken(request: HttpRequest, seat: Seat, mine: Mine) -> KitUse | None:
    """Whoever copies from a kit has taken it."""
    if mine.use is not None:
        return mine.use
    try:
        return take_kit(mine.kit, seat.enrolment, now=clock.now(), by=actor(request))
    except HanseError:
        return None


def _mine(seat: Seat, kit_id: str) -> Mine:
    found = kit_for(seat.enrolment, id_or_404("kit", kit_id), clock.now())
    if found is None:
        raise Http404
    return found


def _href(mine: Mine) -> str:
    return reverse("portal:kit", args=[text_id("kit", mine.kit.pk)])
