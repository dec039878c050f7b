"""Who gets what, and by when: routing rules, and what each tier is promised."""

from __future__ import annotations

import json
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.page import needs_program
from hanse.faces.console.forms import attempt_or_warn
from hanse.faces.console.inbox.frame import inbox_page, topic_words
from hanse.growth.conversations import actions
from hanse.growth.conversations.models import RoutingRule
from hanse.growth.conversations.queries import care_by_tier, promised_hours, routing_rules
from hanse.kernel import clock
from hanse.people.access.models import TeamUser
from hanse.people.access.queries import team
from hanse.programs.programs.models import Program
from hanse.programs.tiers.models import Tier
from hanse.programs.tiers.queries import tiers_of


@console_page()
@needs_program
@require_GET
def rules(request: HttpRequest, program: Program) -> HttpResponse:
    """Show the rules in their order and the promises of each tier."""
    care, promised = care_by_tier(program.pk), promised_hours(program.pk)
    context = {
        "rules": [(row, topic_words().get(row.topic, row.topic), said_condition(row.condition))
                  for row in routing_rules(program.pk)],
        "tiers": [(tier, care[tier.key], tier.key in promised) for tier in tiers_of(program.pk)],
        "topics": topic_words(), "team": [one for one in team() if one.is_active], "may_act": may(request),
        "tier_names": [(tier.key, tier.name) for tier in tiers_of(program.pk)],
    }  # fmt: skip
    return inbox_page(request, "console/inbox/rules.html", "inbox", context)


def said_condition(body: object) -> str:
    """Say a condition in words: the words looked for and the tiers and types meant."""
    if not isinstance(body, dict):
        return ""
    for how, word in (("all", _("and")), ("any", _("or"))):
        if isinstance(body.get(how), list):
            return f" {word} ".join(said_condition(one) for one in body[how])
    names = {
        "message.text": _("the text"), "message.subject": _("the subject"), "message.channel": _("the channel"),
        "partner.country": _("the country"), "partner.types": _("the type"), "partner.tags": _("the tags"),
        "partner.language": _("the language"), "enrolment.tier": _("the tier"), "enrolment.status": _("the status"),
        "message.is_reply": _("an answer to us"),
    }  # fmt: skip
    verbs = {"contains": _("has"), "in": _("is one of"), "eq": _("is"), "ne": _("is not")}
    value = body.get("value")
    told = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    field, op = str(body.get("field")), str(body.get("op"))
    return f"{names.get(field, field)} {verbs.get(op, op)} “{told}”"


@console_page()
@require_POST
@writes
@needs_program
def add(request: HttpRequest, program: Program) -> HttpResponse:
    """Add a rule: by words and a tier, or by a condition as JSON."""
    sent, back = request.POST, HttpResponseRedirect(reverse("console:inbox_rules"), status=303)
    assignee = get_object_or_404(TeamUser, email=sent["assignee"]) if sent.get("assignee") else None
    attempt_or_warn(
        request,
        lambda: actions.add_rule(
            program, name=str(sent.get("name", "")), condition=_condition(request), topic=str(sent.get("topic", "")),
            assignee=assignee, is_urgent="urgent" in sent, now=clock.now(), by=actor(request),
        ),
        _("From now on it holds for what comes in."),
    )  # fmt: skip
    return back


def _condition(request: HttpRequest) -> object:
    own = str(request.POST.get("condition", "")).strip()[:10_000]
    if own:
        try:
            return json.loads(own)
        except (ValueError, RecursionError):
            return own
    words = [word.strip() for word in str(request.POST.get("words", "")).split(",") if word.strip()][:20]
    tests: list[object] = []
    if words:
        tests.append({"any": [{"field": "message.text", "op": "contains", "value": word} for word in words]})
    if request.POST.get("tier"):
        tests.append({"field": "enrolment.tier", "op": "eq", "value": str(request.POST["tier"])})
    return {"all": tests}


@console_page()
@require_POST
@writes
@needs_program
def remove(request: HttpRequest, program: Program, rule_id: UUID) -> HttpResponse:
    """Take a rule away."""
    row = get_object_or_404(RoutingRule, pk=rule_id, program=program)
    attempt_or_warn(request, lambda: actions.remove_rule(row, now=clock.now(), by=actor(request)), _("Taken away"))
    return HttpResponseRedirect(reverse("console:inbox_rules"), status=303)


@console_page()
@require_POST
@writes
@needs_program
def care(request: HttpRequest, program: Program, tier: str) -> HttpResponse:
    """Set what a tier is promised."""
    row, sent = get_object_or_404(Tier, program=program, key=tier), request.POST
    attempt_or_warn(
        request,
        lambda: actions.set_care(
            row, answer_hours=_number(sent.get("hours")), silence_days=_number(sent.get("days")),
            is_urgent="urgent" in sent, now=clock.now(), by=actor(request),
        ),
        _("Kept"),
    )  # fmt: skip
    return HttpResponseRedirect(reverse("console:inbox_rules"), status=303)


def _number(text: object) -> int:
    plain = str(text or "").strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 7 else -1
