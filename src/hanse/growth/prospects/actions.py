"""Verbs of prospects: coming into the pipeline by hand or from a candidate, being changed, being remarked on."""

from __future__ import annotations

from datetime import date, datetime
from typing import TypedDict, Unpack

from django.utils.translation import gettext as _

from hanse.growth.mentions.keys import name_key
from hanse.growth.mentions.models import Candidate
from hanse.growth.prospects.models import Prospect, Remark, StageChange
from hanse.growth.prospects.moving import move_prospects as move_prospects
from hanse.growth.prospects.moving import undo_move as undo_move
from hanse.growth.prospects.queries import first_place
from hanse.growth.prospects.types import REMARKS, SOURCES
from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.people.access.models import TeamUser
from hanse.people.partners.models import Partner
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.spine.audit.actions import audited_save, record_creation
from hanse.spine.checks import Checks

_CREATED = ("program_id", "name", "email", "source", "referrer_id", "candidate_id")


class ProspectFields(TypedDict, total=False):
    """What may be known of a prospect beside the name."""

    email: str
    website: str
    content: str
    owner: TeamUser | None
    next_step: str
    next_on: date | None


def add_prospect(
    program: Program,
    *,
    name: str,
    source: str = "hand",
    referrer: Partner | None = None,
    candidate: Candidate | None = None,
    now: datetime,
    by: str,
    **fields: Unpack[ProspectFields],
) -> Prospect:
    """Put somebody into the pipeline, at its beginning. Source and referrer never change afterwards.

    Raises Invalid; refuses an address or candidate that is in the pipeline and an address that is enrolled already.
    """
    checks = Checks()
    values = _checked(checks, {"name": name, **fields})
    values["source"] = checks.one_of("source", "referral" if referrer and source == "hand" else source, SOURCES)
    checks.done()
    _refuse_known(program, str(values.get("email", "")), candidate)
    row = Prospect(
        id=new_id(now), program=program, referrer=referrer, candidate=candidate, entered_at=now, changed_at=now,
        created_at=now, **values,
    )  # fmt: skip
    row.save(force_insert=True)
    StageChange.objects.create(
        id=new_id(now), prospect=row, act=new_id(now), to_stage=row.stage, at=now, by=by[:200]
    )  # fmt: skip
    record_creation(row, actor=by, verb="add_prospect", fields=_CREATED, now=now)
    return row


def add_from_candidate(candidate: Candidate, *, owner: TeamUser | None = None, now: datetime, by: str) -> Prospect:
    """Put a candidate into the pipeline. Refuses one that is there already or is a partner of ours."""
    if candidate.partner_id is not None:
        raise Refused("is_partner", _("%(name)s is a partner of yours already.") % {"name": candidate.name})
    program = Program.objects.get(pk=candidate.program_id)
    return add_prospect(
        program, name=candidate.name, source="candidate", candidate=candidate, owner=owner,
        content=first_place(candidate.pk), now=now, by=by,
    )  # fmt: skip


def change_prospect(
    prospect: Prospect, *, name: str | None = None, now: datetime, by: str, **fields: Unpack[ProspectFields]
) -> Prospect:
    """Change what is known of a prospect, who looks after it, or the next step. Raises Invalid; refuses known e-mails.

    What is left out stays as it is; a next step that is emptied loses its date.
    """
    checks = Checks()
    values = _checked(checks, fields if name is None else {"name": name, **fields})
    checks.done()
    if values.get("next_step") == "":
        values["next_on"] = None
    email = str(values.get("email", ""))
    if email and email != prospect.email:
        _refuse_known(Program.objects.get(pk=prospect.program_id), email, None)
    if audited_save(prospect, values, actor=by, verb="change_prospect", now=now):
        _touch(prospect, now)
    return prospect


def add_remark(prospect: Prospect, *, kind: str = "note", text: str, now: datetime, by: str) -> Remark:
    """Write a note or a reply that came onto a prospect's timeline. Raises Invalid."""
    checks = Checks()
    kind = checks.one_of("kind", kind, [one for one in REMARKS if one != "sent"])
    text = checks.text("text", text, 10_000, required=True, lines=True)
    checks.done()
    remark = Remark.objects.create(id=new_id(now), prospect=prospect, kind=kind, text=text, at=now, by=by[:200])
    record_creation(remark, actor=by, verb="remark_on_prospect", fields=("prospect_id", "kind"), now=now)
    _touch(prospect, now)
    return remark


def _touch(prospect: Prospect, now: datetime) -> None:
    """Note that something happened: the card is fresh again."""
    prospect.changed_at = max(prospect.changed_at, now)
    prospect.save(update_fields=["changed_at"])


def _refuse_known(program: Program, email: str, candidate: Candidate | None) -> None:
    rows = Prospect.objects.filter(program=program)
    if candidate is not None and rows.filter(candidate=candidate).exists():
        raise Refused("known_prospect", _("%(name)s is in the pipeline already.") % {"name": candidate.name})
    if email and rows.filter(email=email).exists():
        raise Refused("known_prospect", _("Somebody with this address is in the pipeline already."))
    if email and Enrolment.objects.filter(program=program, partner__email=email).exclude(status="ended").exists():
        raise Refused("is_partner", _("This address belongs to a partner of yours already."))


def _checked(checks: Checks, given: dict[str, object] | ProspectFields) -> dict[str, object]:
    values = dict[str, object](given)
    if "name" in values:
        values["name"] = checks.text("name", str(values["name"]), 200, required=True)
        values["key"] = name_key(str(values["name"]))[:120]
    if values.get("email"):
        values["email"] = checks.email("email", str(values["email"]))
    for field, limit in (("website", 300), ("content", 500)):
        if field in values:
            values[field] = checks.web_address(field, str(values[field]), limit)
    if "next_step" in values:
        values["next_step"] = checks.text("next_step", str(values["next_step"]), 300)
    if values.get("next_on") and "next_step" in values and not values["next_step"]:
        checks.refuse("next_step", _("Say what is to be done on that day."), "required")
    return values
