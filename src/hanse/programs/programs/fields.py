"""What may be said of a program, and the checks of it."""

from __future__ import annotations

import re
from typing import TypedDict

from django.utils.translation import gettext as _

from hanse.kernel.money import MAX_AMOUNT_MINOR
from hanse.kernel.paths import RESERVED
from hanse.programs.programs import rules
from hanse.programs.programs.models import Program
from hanse.spine.checks import Checks

SLUG_MAX = 60


class ProgramFields(TypedDict, total=False):
    """What may be said of a program beside name, slug, currency and time zone. Amounts in its minor unit."""

    description: str
    website: str
    hold_days: int
    fallback_url: str
    token_param: str
    token_form: str
    minimum_payout_minor: int
    second_person_above_minor: int | None
    approval_ceiling_minor: int | None
    browser_conversions: bool
    consent_mode: bool
    bare_click_ids: bool
    allowed_countries: list[str]
    blocked_countries: list[str]
    applications_open: bool
    notice_days: int
    is_demo: bool
    days_shifted: int


class ProgramChanges(ProgramFields, total=False):
    """What may be changed of a program."""

    name: str
    slug: str
    currency: str
    time_zone: str


def check_program(changes: ProgramChanges, program: Program | None = None) -> dict[str, object]:
    """Return the columns to store. Raises Invalid with every problem."""
    checks, values = Checks(), dict[str, object](changes)
    if "name" in changes:
        values["name"] = checks.text("name", changes["name"], 120, required=True)
    if "description" in changes:
        values["description"] = checks.text("description", changes["description"], 5000, lines=True)
    if "slug" in changes:
        values["slug"] = _check_slug(checks, changes["slug"], program)
    if "currency" in changes:
        values["currency"] = checks.currency("currency", changes["currency"])
    if "time_zone" in changes:
        values["time_zone"] = checks.time_zone("time_zone", changes["time_zone"])
    if "website" in changes:
        values["website"] = checks.web_address("website", changes["website"])
    if "fallback_url" in changes:
        values["fallback_url"] = checks.web_address("fallback_url", changes["fallback_url"], 500)
    if "token_param" in changes and not re.fullmatch(rules.TOKEN_PARAM_PATTERN, changes["token_param"]):
        message = _("The parameter's name begins with a letter and has letters, digits and . _ - only.")
        checks.refuse("token_param", message, "bad_name")
    if "token_form" in changes:
        _check_token_form(checks, changes, program)
    for field in ("allowed_countries", "blocked_countries"):
        if field in values:
            values[field] = _check_countries(checks, field, values[field])
    _check_numbers(checks, values)
    checks.done()
    return values


def _check_token_form(checks: Checks, changes: ProgramChanges, program: Program | None) -> None:
    form = checks.one_of("token_form", changes["token_form"], rules.TOKEN_FORMS)
    bare = changes.get("bare_click_ids", program is not None and program.bare_click_ids)
    if form == "bare" and not bare:
        checks.refuse("token_form", _("First allow clicks by their 24-digit id alone."), "bare_ids_off")


def _check_countries(checks: Checks, field: str, given: object) -> list[str]:
    countries = sorted({str(country).strip().upper() for country in given}) if isinstance(given, list | tuple) else [""]
    if not all(re.fullmatch("[A-Z]{2}", country) for country in countries):
        checks.refuse(field, _("Countries are codes of two letters, like DE or PL."), "bad_country")
    return countries


def _check_slug(checks: Checks, slug: str, program: Program | None) -> str:
    before = len(checks.problems)
    slug = checks.key("slug", slug, SLUG_MAX)
    if len(checks.problems) > before:
        return slug
    others = Program.objects.exclude(pk=program.pk) if program else Program.objects.all()
    taken = set(others.filter(slug__startswith=slug[: SLUG_MAX - 5]).values_list("slug", flat=True)) | RESERVED
    if slug in taken:
        free = rules.free_variant(slug, taken, SLUG_MAX)
        message = _("“%(slug)s” is taken. “%(free)s” is free.") % {"slug": slug, "free": free}
        checks.refuse("slug", message, "slug_taken")
    return slug


def _check_numbers(checks: Checks, values: dict[str, object]) -> None:
    for field, high in (
        ("hold_days", 400),
        ("notice_days", 400),
        ("days_shifted", 100_000),
        ("minimum_payout_minor", MAX_AMOUNT_MINOR),
    ):
        if field in values:
            checks.whole_number(field, values[field], 0, high)
    for field in ("second_person_above_minor", "approval_ceiling_minor"):
        if values.get(field) is not None:
            checks.whole_number(field, values[field], 0, MAX_AMOUNT_MINOR)
