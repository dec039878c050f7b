"""The test shop: an invented page that a link can lead to, and what becomes of an order, step by step and live."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hanse.faces.common.access import MANAGE, actor, console_page, may, public_page, writes
from hanse.faces.common.reader import activate_zone
from hanse.faces.public.limits import within_limit
from hanse.faces.public.shop_server import DoorAnswer, report_order
from hanse.faces.public.shop_steps import journey_of
from hanse.growth.tryout.actions import shop_key, try_link
from hanse.kernel import clock
from hanse.kernel.ids import new_id
from hanse.programs.programs.models import Goal, Program
from hanse.spine.outbox.actions import absolute_url

_ANSWER = "test_order_answer"
_TRIES = 30


@dataclass(frozen=True, slots=True)
class Product:
    """One invented thing to buy; the price is in minor units of whatever the program's currency is."""

    sku: str
    name: Any
    category: str
    price_minor: int
    glyph: str


PRODUCTS = (
    Product("TEST-TEAPOT", gettext_lazy("Moss teapot"), "kitchen", 3800, "teapot"),
    Product("TEST-CANDLES", gettext_lazy("Beeswax candles, six"), "candles", 2160, "candle"),
    Product("TEST-THROW", gettext_lazy("Wool throw, heather"), "textiles", 7465, "throw"),
)


def _program(slug: str) -> Program:
    program = Program.objects.filter(slug=slug, archived_at=None).first()
    if program is None:
        raise Http404
    activate_zone(program.time_zone)
    return program


def _context(request: HttpRequest, program: Program) -> dict[str, Any]:
    return {
        "program": program, "products": PRODUCTS, "brand": _("Test shop"), "brand_href": f"/shop/{program.slug}",
        "may_buy": may(request, MANAGE), "currency": program.currency,
    }  # fmt: skip


@console_page(MANAGE)
@writes
@require_http_methods(["GET", "POST"])
def try_it(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what will be seen, then lead through the link like any visitor."""
    program = _program(slug)
    if request.method == "POST":
        link = try_link(program, now=clock.now(), by=actor(request))
        return redirect(f"/{link.slug}")
    return render(request, "public/shop_try.html", _context(request, program))


@public_page
@require_GET
def shop(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the shop, as a visitor who came by a link sees it."""
    program = _program(slug)
    token = str(request.GET.get(program.token_param, ""))[:100]
    return render(request, "public/shop.html", {**_context(request, program), "token": token})


@console_page(MANAGE)
@require_POST
def buy(request: HttpRequest, slug: str) -> HttpResponse:
    """Buy one thing: the shop's server reports the order to the public door, as a real one would."""
    program = _program(slug)
    product = next((one for one in PRODUCTS if one.sku == request.POST.get("sku")), None)
    if product is None:
        raise Http404
    if not within_limit("test-order", actor(request), times=_TRIES, seconds=600):
        return render(request, "public/shop_full.html", _context(request, program), status=429)
    now, by = clock.now(), actor(request)
    number = f"TEST-{now:%m%d-%H%M%S}-{secrets.token_hex(2).upper()}"
    order = _order(program, product, number, str(request.POST.get(program.token_param, ""))[:100])
    with transaction.atomic():
        secret = shop_key(program, now=now, by=by)
    answer = report_order(order, secret)
    request.session[_ANSWER] = {"number": number, "status": answer.status, "body": dict(answer.body), "sent": order}
    return redirect("shop_order", slug=slug, number=number)


def _order(program: Program, product: Product, number: str, token: str) -> dict[str, Any]:
    goals = Goal.objects.filter(program=program, archived_at=None, is_recurring=False).order_by("position")
    keys = list(goals.values_list("key", flat=True))
    goal = "sale" if "sale" in keys or not keys else keys[-1]
    order: dict[str, Any] = {
        "goal": goal, "external_id": number, "occurred_at": clock.now().isoformat(),
        "amount": product.price_minor, "currency": program.currency,
        "lines": [{"sku": product.sku, "category": product.category, "quantity": 1, "amount": product.price_minor}],
        "customer": {"external_id": f"test-{new_id().hex[-8:]}", "email": "test-buyer@example.invalid"},
        "is_test": True,
    }  # fmt: skip
    return order | ({"click": token} if token else {})


@console_page()
@require_GET
def order(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """Show what becomes of the order."""
    program = _program(slug)
    context = {**_context(request, program), **_progress(request, program, number)}
    return render(request, "public/shop_order.html", context)


@console_page()
@require_GET
def order_live(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """Show how far the order has come: asked for every second until it has arrived."""
    program = _program(slug)
    return render(request, "public/shop_journey.html", _progress(request, program, number))


def _progress(request: HttpRequest, program: Program, number: str) -> Mapping[str, Any]:
    kept = request.session.get(_ANSWER) or {}
    mine = kept.get("number") == number
    answer = DoorAnswer(kept["status"], kept["body"]) if mine else None
    journey = journey_of(program, number)
    return {
        "program": program, "number": number, "journey": journey, "answer": answer,
        "is_waiting": not journey.is_done and (answer is None or answer.is_taken),
        "sent": DoorAnswer(0, kept["sent"]).text if mine else "", "door": absolute_url("/v1/conversions"),
    }  # fmt: skip
