"""How clicks and orders reach this program: the snippet, calls from a server, a link to try."""

from __future__ import annotations

import json

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.page import needs_program, tell
from hanse.faces.console.acts import CHANGE
from hanse.faces.console.settings.frame import settings_page
from hanse.kernel import clock
from hanse.people.access.models import ApiKey
from hanse.programs.domains.queries import link_base
from hanse.programs.programs.actions import change_program
from hanse.programs.programs.models import Program
from hanse.programs.programs.queries import goals_of
from hanse.traffic.conversions.models import Conversion
from hanse.traffic.links.models import Link


@console_page(write_roles=CHANGE)
@writes
@needs_program
def tracking(request: HttpRequest, program: Program) -> HttpResponse:
    """Show what to paste where; a POST opens or shuts the browser's door."""
    if request.method == "POST":
        opened = request.POST.get("browser") == "open"
        change_program(program, browser_conversions=opened, now=clock.now(), by=actor(request))
        tell(request, _("Orders from browsers are accepted.") if opened else _("Orders from browsers are refused."))
    return settings_page(request, "console/settings/tracking.html", "tracking", setup(program, request))


def setup(program: Program, request: HttpRequest) -> dict[str, object]:
    """Return everything that the setup page, and the last step of a new program, have to show."""
    base = str(settings.HANSE_PUBLIC_URL).rstrip("/")
    key = ApiKey.objects.filter(revoked_at=None, program_id=program.pk).order_by("-created_at").first()
    goal = next(iter(goals_of(program.pk)), None)
    goals = [each.key for each in goals_of(program.pk)]
    paid = "sale" if "sale" in goals else (goal.key if goal else "sale")
    links_on = link_base(program.pk)
    link = Link.objects.filter(enrolment__program=program, archived_at=None).order_by("created_at").first()
    return {
        "program": program,
        "goals": goals,
        "key": key,
        "snippet": snippet(base, program),
        "convert": convert_call(program, paid),
        "postback": postback(base, program, paid, f"{key.prefix}…" if key else "hz_…"),
        "refund": refund_call(base, f"{key.prefix}…" if key else "hz_…", program),
        "test_link": f"{links_on}/{link.slug}" if link else "",
        "shop_link": f"{base}/shop/{program.slug}/try",
        "last": Conversion.objects.filter(program=program)
        .order_by("-received_at")
        .only("received_at", "source")
        .first(),
        "may_change": may(request, CHANGE),
    }


def snippet(base: str, program: Program) -> str:
    """Return the script tag for every page of the shop."""
    usual: str = Program._meta.get_field("token_param").default
    param = "" if program.token_param == usual else f' data-param="{program.token_param}"'
    consent = ' data-consent="required"' if program.consent_mode else ""
    return f'<script src="{base}/hz.js"{param}{consent} async></script>'


def convert_call(program: Program, goal: str) -> str:
    """Return the call for the page after a paid order."""
    order = {
        "goal": goal, "external_id": "ORDER-1001", "amount": 5000, "currency": program.currency,
    }  # fmt: skip
    return f"hanse('convert', {json.dumps(order)});"


def postback(base: str, program: Program, goal: str, key: str) -> str:
    """Return a call that a server sends for each order, ready for a terminal."""
    order = {
        "goal": goal, "external_id": "ORDER-1001", "amount": 5000, "currency": program.currency,
        "occurred_at": "2026-01-31T12:00:00Z", "click": f"<{program.token_param}>", "coupon": "CODE10",
        "customer": {"external_id": "C-1", "email": "buyer@example.com"},
    }  # fmt: skip
    return (
        f"curl {base}/v1/conversions?wait=1 \\\n  -H 'Authorization: Bearer {key}' \\\n"
        f"  -H 'Content-Type: application/json' \\\n  -d '{json.dumps(order)}'"
    )


def refund_call(base: str, key: str, program: Program) -> str:
    """Return a call that takes part of an order back."""
    refund = {
        "external_id": "REFUND-1", "conversion": "ORDER-1001", "kind": "refund", "amount": 1000,
        "currency": program.currency, "occurred_at": "2026-02-02T09:00:00Z",
    }  # fmt: skip
    return (
        f"curl {base}/v1/refunds \\\n  -H 'Authorization: Bearer {key}' \\\n"
        f"  -H 'Content-Type: application/json' \\\n  -d '{json.dumps(refund)}'"
    )
