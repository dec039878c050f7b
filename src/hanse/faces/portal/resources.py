"""Resources & calendar: what fits the partner best now, and the library with each thing to look at and to take."""

from __future__ import annotations

from dataclasses import dataclass
from html import unescape
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hanse.faces.common.access import portal_page, writes
from hanse.faces.common.links import href
from hanse.faces.common.resource_words import channel_words, file_words, kind_icons, kind_words, language_words
from hanse.faces.portal.resource_tabs import resource_tabs
from hanse.faces.portal.seat import Seat, needs_seat, portal
from hanse.growth.faq.searching import Document, search
from hanse.growth.kits.queries import Mine, kits_for
from hanse.growth.prompts.queries import prompts_for
from hanse.growth.resources.actions import note_uses
from hanse.growth.resources.files.addresses import media_href
from hanse.growth.resources.queries import Offered, library_for, offered_to
from hanse.growth.resources.types import ACTS, Act
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.spine.safe_text import html_of, plain_of

_PICKS, _SHOWN_AT_ONCE, _EXCERPT = 6, 100, 125
_BY_PARTNERS = frozenset({"shown", "opened", "copied"})


@dataclass(frozen=True, slots=True)
class Card:
    """One resource as a card. `why` says why it stands here."""

    offered: Offered
    kind: str
    icon: str
    language: str
    file: str
    why: str
    is_picture: bool
    excerpt: str


@portal_page
@needs_seat
@require_GET
def for_you(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show what fits best: the next date to write about, the kit that is ready, and what suits of the library."""
    now = clock.now()
    offered = library_for(seat.enrolment, now)
    fresh = [one for one in offered if one.taken_number is None or one.is_changed]
    kits = [one for one in kits_for(seat.enrolment, now) if one.stage == "open"]
    kit = _best_kit(kits)
    context = {
        "tabs": resource_tabs("for_you"), "kit": kit,
        "kit_href": href("portal:kit", text_id("kit", kit.kit.pk)) if kit else "",
        "cards": [card_of(one) for one in fresh[:_PICKS]],
        "prompt": next(iter(prompts_for(seat.enrolment, now)), None), "n": len(offered),
        "again": [card_of(one) for one in offered if one.taken_number is not None and not one.is_changed][:3],
        "shown": [str(one.resource.pk) for one in fresh[:_PICKS]],
    }  # fmt: skip
    return portal(request, seat, "portal/resources.html", "resources", context)


@portal_page
@needs_seat
@require_GET
def library(request: HttpRequest, seat: Seat) -> HttpResponse:
    """List what the partner may take, by kind or by a search."""
    offered = library_for(seat.enrolment, clock.now())
    words, kind = kind_words(), request.GET.get("kind", "")
    query = request.GET.get("q", "").strip()[:200].replace("\x00", "")
    counts = {key: sum(1 for one in offered if one.resource.kind == key) for key in words}
    chosen = [one for one in offered if one.resource.kind == kind] if kind in words else offered
    matches = _found(query, chosen)
    context = {
        "tabs": resource_tabs("library"), "cards": [card_of(one) for one in matches], "query": query, "kind": kind,
        "kinds": [("", _("All"), len(offered), kind not in words)]
        + [(key, name, counts[key], key == kind) for key, name in words.items() if counts[key]],
        "total": len(offered), "shown": [str(one.resource.pk) for one in matches[:_SHOWN_AT_ONCE]],
    }  # fmt: skip
    return portal(request, seat, "portal/library.html", "resources", context)


@portal_page
@needs_seat
@require_GET
def item(request: HttpRequest, seat: Seat, resource_id: UUID) -> HttpResponse:
    """Show one thing of the library, to be read, copied or saved."""
    one = _offered(seat, resource_id)
    file = one.version.file
    html = "" if one.resource.kind == "copy" else html_of(one.version.body)
    context = {
        "tabs": resource_tabs("library"), "card": card_of(one), "one": one, "version": one.version, "html": html,
        "picture": media_href(file) if file and file.is_picture else "", "file": file,
        "file_words": file_words(file) if file else "", "channel_names": _channels(one),
        "for_copy": one.version.body if one.resource.kind in ("copy", "template") else "",
    }  # fmt: skip
    return portal(request, seat, "portal/resource.html", "resources", context)


@portal_page
@writes
@needs_seat
@require_POST
def take(request: HttpRequest, seat: Seat, resource_id: UUID) -> HttpResponse:
    """Save the file of a resource, or go where it is; both count as a download."""
    one = _offered(seat, resource_id)
    note_uses([one.resource], seat.enrolment, "downloaded", now=clock.now())
    if one.version.file:
        return HttpResponseRedirect(media_href(one.version.file, asks_to_save=True), status=303)
    return HttpResponseRedirect(one.version.address or reverse("portal:resource", args=[resource_id]), status=303)


@portal_page
@writes
@needs_seat
@require_POST
def used(request: HttpRequest, seat: Seat, act: str) -> HttpResponse:
    """Note that resources were shown, opened or copied. Pages tell by themselves, so it says nothing back."""
    if act not in _BY_PARTNERS:
        raise Http404
    asked = set(request.POST.getlist("id")[:_SHOWN_AT_ONCE])
    now = clock.now()
    rows = [one.resource for one in library_for(seat.enrolment, now) if str(one.resource.pk) in asked]
    found: Act = next(known for known in ACTS if known == act)
    note_uses(rows, seat.enrolment, found, now=now)
    return HttpResponse(status=204)


def card_of(one: Offered) -> Card:
    """Return a resource as a card."""
    row = one.resource
    file = one.version.file
    return Card(
        one, kind_words()[row.kind], kind_icons()[row.kind], language_words().get(row.language, ""),
        file_words(file) if file else "", _why(one), bool(file and file.is_picture),
        _excerpt(one),
    )  # fmt: skip


def _excerpt(one: Offered) -> str:
    """Return how a text begins, or a file's name."""
    words = " ".join(unescape(plain_of(one.version.body[:600])).split())
    return Truncator(words).chars(_EXCERPT) or (one.version.file.name if one.version.file else one.version.address)


def _why(one: Offered) -> str:
    if one.is_changed:
        return _("Newer than the one you took")
    if one.days_left is not None and one.days_left <= 14:
        return _("Only for a few days more")
    if one.resource.channels:
        return _("Made for %(channel)s") % {"channel": ", ".join(_channels(one))}
    if one.is_new:
        return _("New")
    return _("For partners like you") if one.resource.types or one.resource.tiers else ""


def _channels(one: Offered) -> list[str]:
    names = channel_words()
    return [names[key] for key in one.resource.channels if key in names]


def _best_kit(kits: list[Mine]) -> Mine | None:
    """Return the open kit that was not taken yet and ends first, else the first."""
    return next((one for one in kits if one.use is None), kits[0] if kits else None)


def _found(query: str, offered: list[Offered]) -> list[Offered]:
    by_id = {one.resource.pk: one for one in offered}
    documents = [
        Document(pk, one.version.title, one.version.summary, one.version.body) for pk, one in by_id.items()
    ]  # fmt: skip
    return [by_id[key] for key in search(query, documents) if isinstance(key, UUID)]


def _offered(seat: Seat, resource_id: UUID) -> Offered:
    one = offered_to(seat.enrolment, resource_id, clock.now())
    if one is None:
        raise Http404
    return one
