"""Settings of rails: read with their secrets opened, written with secrets sealed and every value checked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from stdnum import iban

from hanse.kernel.ids import new_id
from hanse.money.rails.models import RailSettings
from hanse.money.rails.registry import RAILS_BY_KEY
from hanse.money.rails.rules import is_email
from hanse.money.rails.types import Rail, SettingsField
from hanse.money.rails.wise_file import balance_problems, header_problems
from hanse.people.partners.rules import is_bic, is_iban
from hanse.programs.programs.models import Program
from hanse.spine.audit.actions import record_change
from hanse.spine.checks import Checks
from hanse.spine.secrets.sealing import CannotOpen, open_sealed, seal


def rail_values(program_id: UUID, rail: str) -> dict[str, str]:
    """Return a rail's settings with its secrets opened, defaults where nothing is set. For use, never for pages."""
    found = defaults_of(RAILS_BY_KEY[rail])
    row = RailSettings.objects.filter(program_id=program_id, rail=rail).first()
    if row is None:
        return found
    try:
        opened = open_sealed(row.sealed, _use(program_id, rail))
    except CannotOpen:
        opened = {}  # another installation's key: the secret counts as missing
    return found | {name: str(value) for name, value in row.values.items()} | opened


def shown_values(program_id: UUID, rail: str) -> dict[str, str]:
    """Return a rail's settings for a page: secrets only as "set" or ""."""
    fields = RAILS_BY_KEY[rail].fields
    values = rail_values(program_id, rail)
    return {
        one.name: ("set" if values.get(one.name) else "") if one.kind == "secret" else values.get(one.name, "")
        for one in fields
    }


def rail_problems(program: Program, rail: str) -> list[str]:
    """Say what keeps any run of a program from going out on a rail; an unknown one is a problem too."""
    if rail not in RAILS_BY_KEY:
        return [_("Choose one of: %(options)s.") % {"options": ", ".join(RAILS_BY_KEY)}]
    return RAILS_BY_KEY[rail].problems(rail_values(program.pk, rail), program.currency)


def defaults_of(rail: Rail) -> dict[str, str]:
    """Return what a rail's settings are before anybody touches them."""
    return {one.name: one.default for one in rail.fields if one.default}


def save_rail(program: Program, rail: str, given: Mapping[str, str], *, now: datetime, by: str) -> RailSettings:
    """Keep a rail's settings. A secret left empty stays as it was. Raises Invalid with every problem."""
    checks = Checks()
    checks.one_of("rail", rail, RAILS_BY_KEY)
    checks.done()
    known = rail_values(program.pk, rail)
    plain, secret = dict[str, str](), dict[str, str]()
    for one in RAILS_BY_KEY[rail].fields:
        value = _checked(checks, one, given.get(one.name, known.get(one.name, "")))
        if one.kind == "secret":
            secret[one.name] = value or known.get(one.name, "")
        else:
            plain[one.name] = value
    checks.done()
    _refuse_what_cannot_work(rail, plain | secret, program)
    sealed = seal({name: value for name, value in secret.items() if value}, _use(program.pk, rail)) if secret else ""
    row, _made = RailSettings.objects.update_or_create(
        program=program, rail=rail, defaults={"values": plain, "sealed": sealed, "changed_at": now, "changed_by": by},
        create_defaults={
            "id": new_id(now), "values": plain, "sealed": sealed, "changed_at": now, "changed_by": by[:200],
        },
    )  # fmt: skip
    record_change(
        actor=by, verb="set_rail", subject_kind="program", subject_id=program.pk, before={},
        after={"rail": rail, **{name: value[:100] for name, value in plain.items()}}, now=now,
    )  # fmt: skip
    return row


def _refuse_what_cannot_work(rail: str, values: Mapping[str, str], program: Program) -> None:
    """Refuse what no run could go out with: a template with unknown columns, amounts in another currency than the
    balance's, a secret that cannot sign. What is only missing may come later."""
    checks = Checks()
    if rail == "wise":
        for problem in header_problems(values):
            checks.refuse("header", problem, "bad_header")
        for problem in balance_problems(values, program.currency):
            checks.refuse("source_currency", problem, "other_currency")
    if rail == "credit" and values.get("secret") and values.get("url"):
        for problem in RAILS_BY_KEY[rail].problems(values, program.currency):
            checks.refuse("secret", problem, "bad_secret")
    checks.done()


def _checked(checks: Checks, one: SettingsField, value: str) -> str:
    value = checks.text(one.name, value, one.limit, lines=one.kind == "lines")
    if not value:
        return one.default if one.kind == "choice" else value
    if one.kind == "choice":
        return checks.one_of(one.name, value, [key for key, _label in one.options])
    if one.kind == "url":
        return checks.web_address(one.name, value, one.limit)
    if one.kind == "country":
        return checks.country(one.name, value)
    if one.kind == "iban":
        if not is_iban(value):
            message = _("This IBAN's check digits do not fit. Please compare it with your bank statement.")
            checks.refuse(one.name, message, "bad_iban")
        return str(iban.compact(value))
    if one.kind == "bic" and not is_bic(value):
        checks.refuse(one.name, _("A BIC has 8 or 11 letters and digits, like DEUTDEFF."), "bad_bic")
    if one.kind == "email" and not is_email(value):
        checks.refuse(one.name, _("This is not an e-mail address."), "bad_email")
    return value.upper() if one.kind == "bic" or (one.name.endswith("_currency") and len(value) == 3) else value


def _use(program_id: UUID, rail: str) -> str:
    return f"rail:{program_id}:{rail}"
