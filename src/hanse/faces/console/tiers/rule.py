"""The rule's editor: change it, try it on today and on the past, publish it as the next version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.links import partner_href
from hanse.faces.common.page import needs_program, tell
from hanse.faces.common.reader import Reader, reader
from hanse.faces.console.tiers.field import names_of, past_context
from hanse.faces.console.tiers.frame import tiers_page
from hanse.faces.console.tiers.rule_form import MOST, Row, Typed, kinds, read_form, rules_of_form, typed_of
from hanse.faces.console.tiers.words import RuleWords
from hanse.growth.tiers.backtest import backtest
from hanse.growth.tiers.reading import condition_json
from hanse.growth.tiers.reckoning import METRICS
from hanse.growth.tiers.rules import DEFAULT
from hanse.growth.tiers.sentences import metric_name
from hanse.growth.tiers.sweeping import look
from hanse.growth.tiers.types import TierRules
from hanse.growth.tiers.versions import publish_rules, read_rules, rules_of, rules_on, versions_of
from hanse.kernel.clock import local_day
from hanse.kernel.errors import Invalid
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.programs.programs.queries import goals_of
from hanse.programs.tiers.queries import tiers_of

_VERSIONS = 20
_MOVERS = 40


@console_page()
@writes
@needs_program
def rule(request: HttpRequest, program: Program) -> HttpResponse:
    """Show the editor; try what was typed, or publish it."""
    now = reader()
    version, rules = rules_on(program, local_day(now.now, program.time_zone))
    by_key = {tier.key: tier for tier in tiers_of(program.pk)}
    names = names_of(rules, by_key)
    typed, problems, status = _begin(request, program, rules, names), list[str](), 200
    context: dict[str, Any] = {}
    if request.method == "POST":
        typed = read_form(request.POST)
        try:
            body, names = rules_of_form(typed, program.currency)
            if not typed.strategic and rules.strategic is not None:
                body["strategic"] = condition_json(rules.strategic)  # a condition that the form cannot show is kept
            tried = read_rules(program, body)
            if request.POST.get("act") == "publish":
                return _publish(request, program, tried, names, now)
            context = _tried(program, tried, names_of(tried, by_key) | names, now)
        except Invalid as error:
            problems, status = [_said(problem.pointer, problem.message, typed) for problem in error.problems], 422
    context |= {
        "typed": typed, "rows": [*enumerate(typed.rows), (len(typed.rows), Row(kind="share"))][:MOST],
        "kinds": kinds(), "metrics": _metrics(), "problems": problems, "version": version, "may_act": may(request),
        "goals": [(goal.key, goal.name) for goal in goals_of(program.pk)],
        "versions": [
            (row, RuleWords(program, rules_of(row), names).movement()) for row in versions_of(program)[:_VERSIONS]
        ],
    }  # fmt: skip
    return tiers_page(request, program, "console/tiers/rule.html", "rule", context, status=status)


def _begin(request: HttpRequest, program: Program, rules: TierRules, names: Mapping[str, str]) -> Typed:
    """Return what the form begins with: the rules in force, the default, or an earlier version."""
    asked = request.GET.get("from", "")
    if asked == "default":
        return typed_of(DEFAULT, names, program.currency)
    row = (
        versions_of(program).filter(number=int(asked)).first()
        if asked.isascii() and asked.isdigit() and len(asked) < 9
        else None
    )
    return typed_of(rules_of(row) if row is not None else rules, names, program.currency)


def _metrics() -> list[tuple[str, str]]:
    own = [("conversions", metric_name("conversions")), ("value", metric_name("value")),
           ("enrolled_days", metric_name("enrolled_days"))]  # fmt: skip
    return own + [(f"metrics.{name}", metric_name(name)) for name in METRICS]


def _said(pointer: str, message: str, typed: Typed) -> str:
    """Say a problem with the tier that it is about."""
    parts = pointer.removeprefix("/rules").split("/")
    if len(parts) > 2 and parts[1] == "tiers" and parts[2].isdigit() and int(parts[2]) < len(typed.rows):
        row = typed.rows[int(parts[2])]
        return f"{row.name or row.key}: {message.removeprefix(pointer).strip()}"
    return message


def _publish(
    request: HttpRequest, program: Program, rules: TierRules, names: Mapping[str, str], now: Reader
) -> HttpResponse:
    note = request.POST.get("note", "")
    row = publish_rules(program, rules, names=names, note=note, now=now.now, by=actor(request))
    tell(request, _("Version %(n)d of the rule decides from the next evaluation on") % {"n": row.number})
    return HttpResponseRedirect(reverse("console:tiers"))


def _tried(program: Program, rules: TierRules, names: Mapping[str, str], now: Reader) -> dict[str, Any]:
    """Return who would move tonight, and the backtest."""
    swept = look(program, now.now, now.now, rules)
    moving = [one for one in swept.found if one.standing.tier != one.decided.tier]
    people = Enrolment.objects.select_related("partner").in_bulk([one.id for one in moving[:_MOVERS]])
    movers = [
        (partner_href(people[one.id].partner_id), people[one.id].partner.name, names.get(one.standing.tier or "", "–"),
         names.get(one.decided.tier, one.decided.tier), one.decided.rank, one.standing.value_minor)
        for one in moving[:_MOVERS]
    ]  # fmt: skip
    said = ngettext("%(n)d partner would move tonight", "%(n)d partners would move tonight", len(moving)) % {
        "n": len(moving)
    }
    own = {rule.key: names.get(rule.key, rule.key) for rule in rules.tiers}
    return {
        "tried": True, "movers": movers, "moving": len(moving), "moving_words": said,
        "past": past_context(program, backtest(program, rules, now.now), own, now),
    }  # fmt: skip
