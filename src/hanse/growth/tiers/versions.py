"""Which rules a program has on a day, and publishing new ones."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from hanse.growth.tiers.models import TierRuleVersion
from hanse.growth.tiers.reading import FIELDS, parse_rules, rules_json
from hanse.growth.tiers.reckoning import METRICS, parts_of
from hanse.growth.tiers.rules import DEFAULT
from hanse.growth.tiers.types import Threshold, TierRules
from hanse.kernel.clock import local_day
from hanse.kernel.errors import Invalid, Problem
from hanse.kernel.ids import new_id
from hanse.programs.programs.models import Program
from hanse.programs.tiers.actions import arrange_tiers
from hanse.programs.tiers.models import Tier
from hanse.spine.audit.actions import record_creation
from hanse.spine.checks import Checks


def versions_of(program: Program) -> QuerySet[TierRuleVersion]:
    """Return a program's versions, the newest first."""
    return TierRuleVersion.objects.filter(program=program).order_by("-number")


def rules_on(program: Program, on: date) -> tuple[TierRuleVersion | None, TierRules]:
    """Return the version that decides on a local day and its rules; without any, None and the default. One query."""
    row = versions_of(program).filter(starts_on__lte=on).order_by("-starts_on", "-number").first()
    return row, rules_of(row)


def rules_of(row: TierRuleVersion | None) -> TierRules:
    """Return a version's rules."""
    if row is None:
        return DEFAULT
    problems: list[Problem] = []
    rules = parse_rules(row.body, problems)
    if problems:
        raise Invalid(problems)
    return rules


def read_rules(program: Program, value: object, pointer: str = "/rules") -> TierRules:
    """Read rules that somebody wants for a program. Raises Invalid with the place of each mistake.

    Stricter than the dry run: goals must be the program's, metrics must be known, the keys of tiers must be names.
    """
    problems: list[Problem] = []
    rules = parse_rules(value, problems, pointer)
    goals = set(program.goals.values_list("key", flat=True))
    for place, goal in enumerate(rules.goals):
        if value is not None and isinstance(value, dict) and value.get("goals") and goal not in goals:
            message = _("“%(goal)s” is no goal of this program.") % {"goal": goal}
            problems.append(Problem(f"{pointer}/goals/{place}", message, "not_found"))
    known = {*FIELDS, *(f"metrics.{name}" for name in METRICS)}
    for one in parts_of(rules):
        if isinstance(one, Threshold) and one.field and one.field not in known and not problems:
            message = _("“%(field)s” is no number that is known of partners.") % {"field": one.field}
            problems.append(Problem(f"{pointer}/tiers", message, "unknown_field"))
    checks = Checks(pointer)
    for rule in rules.tiers:
        checks.key("tiers", rule.key, 40)
    problems += checks.problems
    if problems:
        raise Invalid(problems)
    return rules


def publish_rules(
    program: Program, rules: TierRules, *, names: Mapping[str, str] | None = None, starts_on: date | None = None,
    note: str = "", now: datetime, by: str,
) -> TierRuleVersion:  # fmt: skip
    """Keep rules as the program's next version, from a local day on (default today, never earlier).

    Tiers that the program does not have yet are made, with `names` (else the key with a capital letter); those that
    the rules do not know any more stay behind the others until nobody is in them. Raises Invalid.
    """
    today = local_day(now, program.time_zone)
    starts_on = starts_on or today
    checks = Checks()
    note = checks.text("note", note, 1000, lines=True)
    if starts_on < today:
        checks.refuse("starts_on", _("Rules cannot begin in the past."), "in_the_past")
    named = {key: checks.text("names", text, 80) for key, text in (names or {}).items()}
    checks.done()
    arrange_tiers(program, [(rule.key, named.get(rule.key) or "") for rule in rules.tiers], now=now, by=by)
    number = (versions_of(program).aggregate(last=Max("number"))["last"] or 0) + 1
    row = TierRuleVersion(
        id=new_id(now), program=program, number=number, body=rules_json(rules), starts_on=starts_on, note=note,
        created_at=now, created_by=by[:200],
    )  # fmt: skip
    row.save(force_insert=True)
    record_creation(
        row, actor=by, verb="publish_tier_rules", fields=("number", "starts_on", "body"), reason=note, now=now
    )
    return row


def tier_names(program: Program) -> dict[str, str]:
    """Return a program's tiers by key, the highest first. One query."""
    return dict(Tier.objects.filter(program=program).order_by("position").values_list("key", "name"))
