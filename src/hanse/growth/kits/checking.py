"""What may be written of a kit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from hanse.growth.kits import rules
from hanse.growth.kits.fields import KitFields
from hanse.growth.kits.models import Kit
from hanse.growth.kits.types import CHANNELS, SLOTS, CopyIn, StepIn
from hanse.people.partners.models import PartnerType
from hanse.programs.offers.models import Offer
from hanse.programs.programs.models import Program
from hanse.programs.tiers.models import Tier
from hanse.spine.checks import Checks
from hanse.spine.web_addresses import leads_to_one_of

_ENDING = re.compile(r"[A-Z0-9]{0,12}")


def checked_kit(
    checks: Checks, program: Program, fields: KitFields, before: Kit | None
) -> tuple[dict[str, Any], list[CopyIn]]:
    """Return a kit's columns and its copies; what is wrong is kept in `checks`."""
    said: dict[str, Any] = {
        "name": "", "prompt": "", "destination_url": "", "language": "", "tiers": [], "types": [], "code_rule": "own",
        "code_ending": "", "starts_on": None, "ends_on": None, "steps": [],
    }  # fmt: skip
    if before is not None:
        said = {name: getattr(before, name) for name in said} | {"offer": before.offer}
    said |= fields
    values: dict[str, Any] = {
        "name": checks.text("name", said["name"], 120, required=True),
        "prompt": checks.text("prompt", said["prompt"], 4000, lines=True),
        "code_rule": checks.one_of("code_rule", said["code_rule"], Kit.CodeRule.values),
        "code_ending": str(said["code_ending"]).strip().upper(),
        "starts_on": said["starts_on"], "ends_on": said["ends_on"],
        "language": checks.language("language", said["language"]) if said["language"] else "",
        "steps": _steps(checks, said["steps"]), **whom(checks, program, said["tiers"], said["types"]),
    }  # fmt: skip
    if not _ENDING.fullmatch(values["code_ending"]):
        checks.refuse("code_ending", _("Capital letters and digits, at most 12: like SPRING."), "bad_code")
    if said["starts_on"] and said["ends_on"] and said["ends_on"] < said["starts_on"]:
        checks.refuse("ends_on", _("It ends before it starts."), "out_of_order")
    values |= _destination(checks, program, said)
    check_slots(checks, "prompt", values["prompt"])
    return values, _copies(checks, said["copies"]) if "copies" in said else []


def whom(checks: Checks, program: Program, tiers: Sequence[str], types: Sequence[str]) -> dict[str, list[str]]:
    """Return for whom something is: keys of the program's tiers and of partner types; nobody named is everybody."""
    found = {"tiers": list(dict.fromkeys(tiers)), "types": list(dict.fromkeys(types))}
    known = set(Tier.objects.filter(program=program).values_list("key", flat=True)) if found["tiers"] else set()
    if set(found["tiers"]) - known:
        checks.refuse("tiers", _("This program has no such tier."), "unknown_tier")
    slugs = set(PartnerType.objects.values_list("slug", flat=True)) if found["types"] else set()
    if set(found["types"]) - slugs:
        checks.refuse("types", _("There is no such type."), "unknown_type")
    return found


def check_slots(checks: Checks, field: str, text: str) -> None:
    """Refuse what stands in braces like a slot and is none."""
    wrong = rules.unknown_slots(text)
    if wrong:
        known = ", ".join(f"{{{name}}}" for name in SLOTS)
        message = _("“{%(name)s}” is no slot. There are: %(known)s.") % {"name": wrong[0], "known": known}
        checks.refuse_at(f"{checks.prefix}/{field}", message, "unknown_slot")


def _destination(checks: Checks, program: Program, said: dict[str, Any]) -> dict[str, Any]:
    offer: Offer | None = said.get("offer")
    if offer is None or offer.program_id != program.pk or offer.archived_at is not None:
        checks.refuse("offer", _("Choose an offer of this program."), "unknown_offer")
        return {}
    address = checks.web_address("destination_url", said["destination_url"], 1000)
    if address and not leads_to_one_of(address, offer.allowed_hosts):
        hosts = ", ".join(offer.allowed_hosts)
        message = _("Links of this offer may lead to: %(hosts)s.") % {"hosts": hosts}
        checks.refuse("destination_url", message, "host_not_allowed")
    return {"offer": offer, "destination_url": address}


def _steps(checks: Checks, steps: Sequence[StepIn]) -> list[dict[str, Any]]:
    if len(steps) > rules.MOST_STEPS:
        checks.refuse("steps", _("At most %(limit)d steps, please.") % {"limit": rules.MOST_STEPS}, "too_many")
        return []
    found: list[dict[str, Any]] = []
    for place, step in enumerate(steps):
        own = Checks(f"{checks.prefix}/steps/{place}")
        text = own.text("text", step.get("text", ""), 1000, lines=True)
        check_slots(own, "text", text)
        found.append({
            "title": own.text("title", step["title"], 80, required=True), "text": text,
            "minutes": own.whole_number("minutes", step["minutes"], 1, rules.MOST_MINUTES),
        })  # fmt: skip
        checks.problems.extend(own.problems)
    if sum(step["minutes"] for step in found) > rules.MOST_MINUTES:
        message = _("At most %(limit)d minutes together: a kit is for a spare quarter of an hour.")
        checks.refuse("steps", message % {"limit": rules.MOST_MINUTES}, "too_long")
    return found


def _copies(checks: Checks, copies: Sequence[CopyIn]) -> list[CopyIn]:
    if len(copies) > rules.MOST_COPIES:
        checks.refuse("copies", _("At most %(limit)d texts, please.") % {"limit": rules.MOST_COPIES}, "too_many")
        return []
    found: list[CopyIn] = []
    for place, copy in enumerate(copies):
        own = Checks(f"{checks.prefix}/copies/{place}")
        title = own.text("title", copy.get("title", ""), 200)
        text = own.text("text", copy["text"], 5000, required=True, lines=True)
        check_slots(own, "title", title)
        check_slots(own, "text", text)
        found.append({"channel": own.one_of("channel", copy["channel"], CHANNELS), "title": title, "text": text})
        checks.problems.extend(own.problems)
    return found
