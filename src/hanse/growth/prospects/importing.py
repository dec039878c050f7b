"""Bringing many prospects into the pipeline at once: all of them or, where one row cannot be taken, none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from hanse.growth.mentions.keys import name_key
from hanse.growth.prospects.models import Prospect, Remark, StageChange
from hanse.growth.prospects.types import SOURCES, STAGES
from hanse.kernel.ids import new_id
from hanse.people.access.models import TeamUser
from hanse.people.partners.models import Partner
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.enrolments.queries import partners_in
from hanse.programs.programs.models import Program
from hanse.spine.audit.actions import record_creations
from hanse.spine.checks import Checks

_CREATED = ("program_id", "name", "email", "source", "referrer_id", "stage")


@dataclass(frozen=True, slots=True)
class NewProspect:
    """One row: `referrer` is a partner's e-mail address."""

    name: str
    email: str = ""
    website: str = ""
    content: str = ""
    source: str = "import"
    referrer: str = ""
    stage: str = "prospect"
    note: str = ""


@dataclass(frozen=True, slots=True)
class BroughtIn:
    """How many rows were new, and how many were known already and changed nothing."""

    new: int
    known: int


def bring_in(
    program: Program, given: Sequence[NewProspect], *, owner: TeamUser | None = None, now: datetime, by: str
) -> BroughtIn:
    """Put rows into the pipeline; an address, or without one a name, that is there already changes nothing.

    A fixed number of queries. Raises Invalid with every row's problems at `/rows/<n>/<field>` (n from 0).
    """
    partners = {one.email: one for one in partners_in(program.pk)}
    checks = Checks()
    rows = [_checked(checks, number, one, partners) for number, one in enumerate(given)]
    checks.done()
    enrolled = Enrolment.objects.filter(program=program).exclude(status=Enrolment.Status.ENDED)
    ours = set(enrolled.values_list("partner__email", flat=True))
    known = list(Prospect.objects.filter(program=program).values_list("email", "key"))
    emails, nameless = {email for email, _key in known if email}, {key for email, key in known if not email}
    keys = {key for _email, key in known}
    made: list[tuple[Prospect, str]] = []
    for row in rows:
        key = name_key(row.name)[:120]
        is_known = row.email in emails or row.email in ours if row.email else key in keys
        if is_known or key in nameless:
            continue
        emails.add(row.email)
        keys.add(key)
        if not row.email:
            nameless.add(key)
        made.append((_prospect(program, row, key, partners.get(row.referrer), owner, now), row.note))
    _store(made, now, by)
    return BroughtIn(len(made), len(given) - len(made))


def _checked(checks: Checks, number: int, one: NewProspect, partners: dict[str, Partner]) -> NewProspect:
    """Return a row as it may be kept; its problems are kept with its number."""
    inner = Checks(f"/rows/{number}")
    row = NewProspect(
        inner.text("name", one.name, 200, required=True),
        inner.email("email", one.email) if one.email.strip() else "",
        inner.web_address("website", one.website),
        inner.web_address("content", one.content, 500),
        inner.one_of("source", "referral" if one.referrer and one.source == "import" else one.source, SOURCES),
        one.referrer.strip().lower(),
        inner.one_of("stage", one.stage, [stage for stage in STAGES if stage not in ("active", "closed")]),
        inner.text("note", one.note, 10_000, lines=True),
    )
    if row.referrer and row.referrer not in partners:
        inner.refuse("referrer", _("Nobody with this address is a partner of yours."), "not_found")
    checks.problems += inner.problems
    return row


def _prospect(
    program: Program, row: NewProspect, key: str, referrer: Partner | None, owner: TeamUser | None, now: datetime
) -> Prospect:
    return Prospect(
        id=new_id(now), program=program, name=row.name, key=key, email=row.email, website=row.website,
        content=row.content, source=row.source, referrer=referrer, stage=row.stage, owner=owner, entered_at=now,
        changed_at=now, created_at=now,
    )  # fmt: skip


def _store(made: Sequence[tuple[Prospect, str]], now: datetime, by: str) -> None:
    act = new_id(now)
    Prospect.objects.bulk_create([row for row, _note in made], batch_size=500)
    StageChange.objects.bulk_create(
        [
            StageChange(id=new_id(now), prospect=row, act=act, to_stage=row.stage, at=now, by=by[:200])
            for row, _note in made
        ],
        batch_size=500,
    )
    notes = [
        Remark(id=new_id(now), prospect=row, kind="note", text=note, at=now, by=by[:200]) for row, note in made if note
    ]
    Remark.objects.bulk_create(notes, batch_size=500)
    record_creations([row for row, _note in made], actor=by, verb="add_prospect", fields=_CREATED, now=now)
