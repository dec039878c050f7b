"""Verbs of rules between types: keep a rule, let the rules suggest, answer a suggestion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from hanse.growth.audiences.fields import FIELDS
from hanse.growth.audiences.rows import Row, rows_for
from hanse.growth.demarcation import rules
from hanse.growth.demarcation.models import TypeRule, TypeSuggestion
from hanse.growth.demarcation.queries import open_suggestions, rules_of, type_names
from hanse.kernel.conditions import Condition, compiled, fields_of, parse_condition
from hanse.kernel.errors import Problem, Refused
from hanse.kernel.ids import new_id
from hanse.people.partners.actions import change_partner
from hanse.people.partners.models import Partner
from hanse.people.partners.queries import partner_types
from hanse.people.partners.rules import first_clash
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.spine.audit.actions import audited_save, record_change, record_creation
from hanse.spine.checks import Checks

State = TypeSuggestion.State
Found = dict[tuple[UUID, str, str], TypeSuggestion]  # by partner, type added, type dropped
_FIELDS = ("name", "adds", "drops", "condition", "is_on")


def keep_type_rule(
    program: Program, *, name: str, adds: str = "", drops: str = "", condition: object, is_on: bool = True,
    now: datetime, by: str, instead_of: TypeRule | None = None,
) -> TypeRule:  # fmt: skip
    """Keep a rule that suggests a change of type where its condition holds; `instead_of` is changed in its place.

    It adds a type, takes one off, or both. Raises Invalid with a pointer to each place that cannot be.
    """
    checks, known = Checks(), type_names()
    values: dict[str, object] = {"name": checks.text("name", name, 120, required=True), "is_on": is_on}
    for field, slug in (("adds", adds), ("drops", drops)):
        values[field] = checks.one_of(field, slug, known) if slug else ""
    if not adds and not drops:
        checks.refuse("adds", _("Say which type it suggests, or which one it takes off."), "required")
    elif adds == drops:
        checks.refuse("drops", _("This would change nothing."), "not_an_option")
    parse_condition(condition, FIELDS, "/condition", checks.problems)
    checks.done()
    values["condition"] = condition
    if instead_of is not None:
        if audited_save(instead_of, values, actor=by, verb="change_type_rule", now=now):
            TypeRule.objects.filter(pk=instead_of.pk).update(changed_at=now)
            _lapse(TypeSuggestion.objects.filter(rule=instead_of, state=State.OPEN), now)
        return instead_of
    row = TypeRule.objects.create(
        id=new_id(now), program=program, created_at=now, created_by=by[:200], changed_at=now, **values
    )  # fmt: skip
    record_creation(row, actor=by, verb="keep_type_rule", fields=_FIELDS, now=now)
    return row


def remove_type_rule(rule: TypeRule, *, now: datetime, by: str) -> None:
    """Put a rule away; what it suggested and nobody answered lapses."""
    if audited_save(rule, {"removed_at": now, "is_on": False}, actor=by, verb="remove_type_rule", now=now):
        _lapse(TypeSuggestion.objects.filter(rule=rule, state=State.OPEN), now)


def find_suggestions(program: Program, now: datetime) -> Found:
    """Ask every rule about every active partner. Reads only, outside any transaction where there are many partners;
    the number of queries does not grow with them."""
    known = [(rule, _condition(rule)) for rule in rules_of(program.pk).filter(is_on=True)]
    asked = {field for _rule, condition in known for field in fields_of(condition)}
    people = {
        row.pk: row
        for row in Enrolment.objects.filter(
            program=program, status=Enrolment.Status.ACTIVE, is_test=False, partner__archived_at=None
        ).select_related("partner")
    }
    facts = rows_for(program.pk, list(people), now, asked) if known and people else {}
    excludes = {kind.slug: kind.excludes for kind in partner_types()} if known else {}
    fresh: Found = {}
    for rule, condition in known:
        check = compiled(condition)
        for who, enrolment in people.items():
            if _may_become(enrolment.partner.types, rule, excludes) and check(facts[who]):
                key = (enrolment.partner_id, rule.adds, rule.drops)
                fresh.setdefault(key, _suggestion(rule, enrolment, condition, facts[who], now))
    return fresh


def suggest_types(program: Program, now: datetime, found: Found | None = None) -> int:
    """Write down what rules newly suggest, and let lapse what no longer holds. `found` is what was read just before.

    Safe to run twice. A suggestion that was declined is not made again for 90 days. Returns how many are new.
    """
    fresh = find_suggestions(program, now) if found is None else found
    _lapse_what_is_gone(program, fresh, now)
    rested = _answered_lately(fresh, now)
    new = [one for key, one in fresh.items() if key not in rested]
    TypeSuggestion.objects.bulk_create(new, batch_size=500, ignore_conflicts=True)
    return len(new)


def accept_suggestion(suggestion: TypeSuggestion, *, reason: str = "", now: datetime, by: str) -> Partner:
    """Make the partner what is suggested. Raises Invalid where types exclude each other; refuses what is answered."""
    row = _open(suggestion)
    checks = Checks()
    reason = checks.text("reason", reason, 2000, lines=True)
    checks.done()
    partner = Partner.objects.select_for_update().get(pk=row.partner_id)
    change_partner(partner, types=rules.changed_types(partner.types, row.adds, row.drops), now=now, by=by)
    _answer(row, State.ACCEPTED, reason, now, by)
    suggestion.refresh_from_db()
    return partner


def decline_suggestion(suggestion: TypeSuggestion, *, reason: str, now: datetime, by: str) -> TypeSuggestion:
    """Leave the partner as they are, and say why. It is not suggested again for 90 days. Raises Invalid without a
    reason; refuses what is answered."""
    row = _open(suggestion)
    checks = Checks()
    reason = checks.text("reason", reason, 2000, required=True, lines=True)
    checks.done()
    _answer(row, State.DECLINED, reason, now, by)
    suggestion.refresh_from_db()
    return suggestion


def _may_become(types: list[str], rule: TypeRule, excludes: Mapping[str, list[str]]) -> bool:
    """Say whether a rule would change anything about these types, and leave none that exclude each other."""
    if not rules.would_change(types, rule.adds, rule.drops):
        return False
    return first_clash(rules.changed_types(types, rule.adds, rule.drops), excludes) is None


def _condition(rule: TypeRule) -> Condition:
    problems: list[Problem] = []
    condition = parse_condition(rule.condition, FIELDS, "/condition", problems)
    if condition is None:
        raise AssertionError("a rule's condition was read when it was kept")
    return condition


def _suggestion(rule: TypeRule, enrolment: Enrolment, condition: Condition, row: Row, now: datetime) -> TypeSuggestion:
    seen: list[Mapping[str, Any]] = [asdict(one) for one in rules.seen_by(condition, row)]
    return TypeSuggestion(
        id=new_id(), program_id=rule.program_id, rule=rule, enrolment=enrolment, partner_id=enrolment.partner_id,
        adds=rule.adds, drops=rule.drops, evidence=seen, state=State.OPEN, found_at=now,
    )  # fmt: skip


def _lapse_what_is_gone(program: Program, fresh: Found, now: datetime) -> None:
    rows = open_suggestions(program.pk).values_list("pk", "partner_id", "adds", "drops")
    gone = [pk for pk, *key in rows if tuple(key) not in fresh]
    for start in range(0, len(gone), 500):
        _lapse(TypeSuggestion.objects.filter(pk__in=gone[start : start + 500]), now)


def _lapse(rows: Any, now: datetime) -> None:
    rows.update(state=State.LAPSED, decided_at=now)


def _answered_lately(fresh: Found, now: datetime) -> set[tuple[UUID, str, str]]:
    """Return what is open already, in whatever program, or was declined within the time of rest. One query."""
    if not fresh:
        return set()
    since = now - timedelta(days=rules.REST_DAYS)
    rows = TypeSuggestion.objects.filter(state__in=(State.OPEN, State.DECLINED)).exclude(
        state=State.DECLINED, decided_at__lte=since
    )
    return set(rows.values_list("partner_id", "adds", "drops"))


def _open(suggestion: TypeSuggestion) -> TypeSuggestion:
    row = TypeSuggestion.objects.select_for_update().get(pk=suggestion.pk)
    if row.state != State.OPEN:
        raise Refused("answered", _("This was answered already, or no longer holds."))
    return row


def _answer(row: TypeSuggestion, state: str, reason: str, now: datetime, by: str) -> None:
    TypeSuggestion.objects.filter(pk=row.pk).update(state=state, reason=reason, decided_at=now, decided_by=by[:200])
    record_change(
        actor=by, verb=f"{'accept' if state == State.ACCEPTED else 'decline'}_type", subject_kind="partner",
        subject_id=row.partner_id, before={}, after={"adds": row.adds, "drops": row.drops}, reason=reason, now=now,
    )  # fmt: skip
