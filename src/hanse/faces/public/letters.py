"""What letters lead to without signing in: stopping a kind by one click, a counted link, the picture of a letter."""

from __future__ import annotations

import base64
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from hanse.faces.common.access import public_page, writes
from hanse.faces.common.letter_words import name_of_kind, optional_kinds
from hanse.growth.reach.actions import choose_letters, stop_letters
from hanse.growth.reach.models import LetterChoice
from hanse.growth.reach.queries import choices_of
from hanse.growth.reach.rules import OPTIONAL
from hanse.growth.sends.actions import note_click, note_open, note_stop
from hanse.growth.sends.filling import hosts_of
from hanse.growth.sends.models import Send
from hanse.growth.sends.queries import send_by_id
from hanse.growth.sends.rules import is_machine
from hanse.growth.sends.tokens import send_of_link, send_of_picture, send_of_stop
from hanse.kernel import clock
from hanse.spine.web_addresses import leads_to_one_of

_PICTURE = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


@public_page
@csrf_exempt  # mail programs post here without ever having seen the page (RFC 8058); the token is the proof
@never_cache
@writes
@require_http_methods(["GET", "HEAD", "POST"])
def letters(request: HttpRequest, token: str) -> HttpResponse:
    """Show which letters the reader gets, and change it. A mail program's one-click request stops the letter's kind.

    Looking changes nothing: scanners of mail open every address.
    """
    send = _send(send_of_stop(token))
    partner, now = send.partner, clock.now()
    done = ""
    with translation.override(partner.language or "en"):
        if request.method == "POST":
            before = choices_of(partner.pk)
            done = _chosen(request, send)
            if any(before[kind] and not is_on for kind, is_on in choices_of(partner.pk).items()):
                note_stop(send.pk, now)
        context = {
            "kinds": optional_kinds(choices_of(partner.pk)), "done": done, "kind": send.kind,
            "kind_name": name_of_kind(send.kind), "can_stop": send.kind in OPTIONAL, "program": send.program,
            "address": partner.email, "brand": send.program.name, "brand_href": f"/join/{send.program.slug}",
        }  # fmt: skip
        response = render(request, "public/letters.html", context)
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"  # the address is the proof
    return response


def _chosen(request: HttpRequest, send: Send) -> str:
    """Do what was asked for: stop one kind, stop all, or keep the kinds that are ticked. Returns which it was."""
    partner, now = send.partner, clock.now()
    if request.POST.get("List-Unsubscribe") == "One-Click":
        stop_letters(partner, send.kind, how=LetterChoice.How.ONE_CLICK, now=now)
        return "one"
    if "all" in request.POST:
        choose_letters(partner, (), how=LetterChoice.How.PAGE, now=now, by=partner.email)
        return "all"
    if "kept" in request.POST:
        wanted = set(request.POST.getlist("kind")) & set(OPTIONAL)
        choose_letters(partner, wanted, how=LetterChoice.How.PAGE, now=now, by=partner.email)
        return "kept"
    stop_letters(partner, send.kind, how=LetterChoice.How.PAGE, now=now)
    return "one"


@public_page
@never_cache
@require_safe
def letter_link(request: HttpRequest, token: str) -> HttpResponse:
    """Follow a link of a letter, and count it once. It leads where it was signed for, as long as that is still ours."""
    destination = request.GET.get("to", "")
    send = _send(send_of_link(token, destination))
    if not leads_to_one_of(destination, hosts_of([send.program_id])[send.program_id]):
        raise Http404
    if request.method == "GET" and not is_machine(request.headers.get("User-Agent", "")):
        with transaction.atomic():
            note_click(send.pk, clock.now())
    response = HttpResponseRedirect(destination)
    response["Referrer-Policy"] = "no-referrer"
    return response


@public_page
@never_cache
@require_safe
def letter_picture(request: HttpRequest, token: str) -> HttpResponse:
    """Answer with an empty picture; that it was asked for may mean that a person opened the letter."""
    send = _send(send_of_picture(token))
    if request.method == "GET":
        with transaction.atomic():
            note_open(send.pk, clock.now())
    return HttpResponse(_PICTURE, content_type="image/gif")


def _send(send_id: UUID | None) -> Send:
    send = send_by_id(send_id) if send_id is not None else None
    if send is None:
        raise Http404
    return send
