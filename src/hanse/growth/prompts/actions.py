"""Verbs of prompts: write one, show it, take it back, say how early each tier hears of things."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Unpack

from django.utils.translation import gettext as _

from hanse.growth.kits.checking import check_slots, whom
from hanse.growth.prompts import rules
from hanse.growth.prompts.fields import PromptFields
from hanse.growth.prompts.models import Prompt, TierLead
from hanse.kernel.clock import local_day
from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.programs.programs.models import Program
from hanse.programs.tiers.models import Tier
from hanse.spine.audit.actions import audited_save, record_change, record_creation
from hanse.spine.checks import Checks

_TEXTS = {"title": 120, "hook": 300, "why_now": 2000, "how": 4000, "sample": 4000}
_YEARS = range(1970, 2200)
_AUDITED = ("kind", "title", "on", "ends_on", "deadline_on", "tiers", "types", "language", "leads")


def keep_prompt(
    program: Program, *, now: datetime, by: str, instead_of: Prompt | None = None, **fields: Unpack[PromptFields]
) -> Prompt:
    """Write a prompt down as a draft; `instead_of` is changed in its place, and calendars learn of it. Raises Invalid.

    Its days are local ones of the program; the last day still counts.
    """
    checks = Checks()
    values = _checked(checks, program, fields, instead_of)
    checks.done()
    if instead_of is None:
        row = Prompt.objects.create(
            id=new_id(now), program=program, created_at=now, created_by=by[:200], changed_at=now, **values
        )
        record_creation(row, actor=by, verb="keep_prompt", fields=_AUDITED, now=now)
        return row
    if audited_save(instead_of, values, actor=by, verb="change_prompt", now=now):
        _tell_calendars(instead_of, now)
    return instead_of


def publish_prompt(prompt: Prompt, *, now: datetime, by: str) -> Prompt:
    """Let each tier see a prompt from its day on. Refuses one that is over, and one whose kit nobody can open."""
    row = Prompt.objects.select_for_update(of=("self",)).select_related("program", "kit").get(pk=prompt.pk)
    if row.published_at is not None and row.withdrawn_at is None:
        raise Refused("published", _("Partners see this already, each tier from its day on."))
    if rules.last_day(row) < local_day(now, row.program.time_zone):
        raise Refused("over", _("Its last day is over. Change the days first."))
    if row.kit is not None and (row.kit.published_at is None or row.kit.withdrawn_at is not None):
        raise Refused("kit_closed", _("Its kit is not published. Publish the kit first."))
    audited_save(row, {"published_at": now, "withdrawn_at": None}, actor=by, verb="publish_prompt", now=now)
    _tell_calendars(row, now)
    prompt.refresh_from_db()
    return prompt


def withdraw_prompt(prompt: Prompt, *, now: datetime, by: str) -> Prompt:
    """Show a prompt no more; calendars that had it strike it out."""
    row = Prompt.objects.select_for_update().get(pk=prompt.pk)
    if row.withdrawn_at is not None:
        raise Refused("withdrawn", _("This was taken back already."))
    audited_save(row, {"withdrawn_at": now}, actor=by, verb="withdraw_prompt", now=now)
    _tell_calendars(row, now)
    prompt.refresh_from_db()
    return prompt


def set_leads(program: Program, days: Mapping[str, int], *, now: datetime, by: str) -> int:
    """Say how many days ahead tiers (by key) hear of what comes; return how many changed. Raises Invalid."""
    checks = Checks()
    tiers = {tier.key: tier for tier in Tier.objects.filter(program=program)}
    for key, number in days.items():
        if key not in tiers:
            checks.refuse(key, _("This program has no such tier."), "unknown_tier")
        checks.whole_number(key, number, 0, rules.MOST_LEAD_DAYS)
    checks.done()
    before = dict(TierLead.objects.filter(tier__program=program).values_list("tier__key", "days"))
    changed = {key: number for key, number in days.items() if before.get(key) != number}
    for key, number in changed.items():
        TierLead.objects.update_or_create(tier=tiers[key], defaults={"days": number, "changed_at": now})
    if changed:
        record_change(
            actor=by, verb="set_prompt_leads", subject_kind="program", subject_id=program.pk,
            before={key: before.get(key) for key in changed}, after=changed, now=now,
        )  # fmt: skip
    return len(changed)


def _tell_calendars(prompt: Prompt, now: datetime) -> None:
    prompt.sequence, prompt.changed_at = prompt.sequence + 1, now
    prompt.save(update_fields=["sequence", "changed_at"])


def _checked(checks: Checks, program: Program, fields: PromptFields, before: Prompt | None) -> dict[str, Any]:
    said: dict[str, Any] = {
        "kind": "", **dict.fromkeys(_TEXTS, ""), "language": "", "tiers": [], "types": [], "leads": {}, "on": None,
        "ends_on": None, "deadline_on": None, "offer": None, "kit": None, "day": None,
        "tells_by_mail": False,
    }  # fmt: skip
    if before is not None:
        said = {name: getattr(before, name) for name in said}
    said |= fields
    values: dict[str, Any] = {
        "kind": checks.one_of("kind", said["kind"], Prompt.Kind.values),
        "language": checks.language("language", said["language"]) if said["language"] else "",
        **whom(checks, program, said["tiers"], said["types"]), "tells_by_mail": bool(said["tells_by_mail"]),
    }  # fmt: skip
    for name, limit in _TEXTS.items():
        is_short = name in ("title", "hook")
        values[name] = checks.text(name, said[name], limit, required=is_short, lines=not is_short)
    check_slots(checks, "sample", values["sample"])
    values["leads"] = _leads(checks, program, said["leads"])
    _check_days(checks, said, values)
    for name, code in (("offer", "unknown_offer"), ("kit", "unknown_kit"), ("day", "unknown_day")):
        values[name] = said[name]
        if said[name] is not None and said[name].program_id != program.pk:
            checks.refuse(name, _("This belongs to another program."), code)
    return values


def _leads(checks: Checks, program: Program, leads: Mapping[str, int]) -> dict[str, int]:
    if not leads:
        return {}
    known = set(Tier.objects.filter(program=program).values_list("key", flat=True))
    for key, days in leads.items():
        own = Checks(f"{checks.prefix}/leads")
        if key not in known:
            own.refuse(key, _("This program has no such tier."), "unknown_tier")
        own.whole_number(key, days, 0, rules.MOST_LEAD_DAYS)
        checks.problems.extend(own.problems)
    return dict(leads)


def _check_days(checks: Checks, said: Mapping[str, Any], values: dict[str, Any]) -> None:
    values |= {name: said[name] for name in ("on", "ends_on", "deadline_on")}
    if said["on"] is None:
        checks.refuse("on", _("Please fill this in."), "required")
        return
    if said["on"].year not in _YEARS:  # days are reckoned from it: no calendar goes on for ever
        checks.refuse("on", _("This day is centuries away."), "out_of_range")
        return
    for name in ("ends_on", "deadline_on"):
        day = said[name]
        if day is not None and name == "ends_on" and day < said["on"]:
            checks.refuse(name, _("It ends before it starts."), "out_of_order")
        if day is not None and abs((day - said["on"]).days) > rules.LONGEST_DAYS:
            checks.refuse(name, _("At most a year, please."), "out_of_range")
