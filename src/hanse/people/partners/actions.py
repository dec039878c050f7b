"""Verbs of partners."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict, Unpack

from django.utils.translation import gettext as _

from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.people.access.models import TeamUser
from hanse.people.partners import queries, rules
from hanse.people.partners.models import Note, Partner, PartnerType
from hanse.people.partners.payout_details import set_payout_details as set_payout_details
from hanse.people.partners.payout_details import vouch_for_details as vouch_for_details
from hanse.spine.audit.actions import audited_save, record_change, record_creation
from hanse.spine.checks import Checks
from hanse.spine.secrets.keys import hash_email


class PartnerFields(TypedDict, total=False):
    """What may be said of a partner beside name and address."""

    contact_name: str
    phone: str
    company: str
    website: str
    channels: Sequence[str]
    country: str
    language: str
    time_zone: str
    types: Sequence[str]
    tags: Sequence[str]
    is_extension: bool
    source: str
    owner: TeamUser | None
    recruited_by: Partner | None


class PartnerChanges(PartnerFields, total=False):
    """What may be changed of a partner."""

    name: str
    email: str


_AUDITED = ("name", "email", "contact_name", "company", "website", "country", "language", "time_zone", "types", "tags")


def create_partner(*, name: str, email: str, now: datetime, by: str, **fields: Unpack[PartnerFields]) -> Partner:
    """Make a partner known: one record for all programs. Raises Invalid; Refused when the address is known."""
    changes: PartnerChanges = {"name": name, "email": email, **fields}
    values = _checked(changes)
    partner = Partner(id=new_id(now), created_at=now, **values)
    partner.save(force_insert=True)
    record_creation(partner, actor=by, verb="create_partner", fields=_AUDITED, now=now)
    return partner


def change_partner(partner: Partner, *, now: datetime, by: str, **changes: Unpack[PartnerChanges]) -> Partner:
    """Change what is known of a partner. Raises as `create_partner`; a person's login keeps its own address."""
    values = _checked(changes, partner)
    audited_save(partner, values, actor=by, verb="change_partner", now=now)
    return partner


def archive_partner(partner: Partner, *, reason: str = "", now: datetime, by: str) -> None:
    """Take a partner out of the lists. Enrolments, links, logins and what is owed go on until they are ended."""
    if partner.archived_at is None:
        audited_save(partner, {"archived_at": now}, actor=by, verb="archive_partner", reason=reason, now=now)


def restore_partner(partner: Partner, *, now: datetime, by: str) -> None:
    """Put an archived partner back into the lists."""
    audited_save(partner, {"archived_at": None}, actor=by, verb="restore_partner", now=now)


def add_note(partner: Partner, text: str, *, now: datetime, by: str) -> Note:
    """Keep what a colleague knows about a partner. Raises Invalid for an empty text."""
    checks = Checks()
    text = checks.text("text", text, 10_000, required=True, lines=True)
    checks.done()
    note = Note.objects.create(id=new_id(now), partner=partner, text=text, author=by[:200], written_at=now)
    record_change(
        actor=by, verb="add_note", subject_kind="partner", subject_id=partner.pk, before={}, after={"note": text},
        now=now,
    )  # fmt: skip
    return note


def save_partner_type(
    *, slug: str, name: str, description: str = "", position: int = 0, excludes: Sequence[str] = (), now: datetime,
    by: str,
) -> PartnerType:  # fmt: skip
    """Describe a type of partner, a new one or one of the six. `excludes`: types that nobody can be beside it.

    Raises Invalid.
    """
    checks = Checks()
    values = {
        "name": checks.text("name", name, 80, required=True),
        "description": checks.text("description", description, 2000, lines=True),
        "position": checks.whole_number("position", position, 0, 1000),
        "excludes": checks.words("excludes", excludes, 40),
    }
    slug = checks.key("slug", slug, 40)
    if slug in values["excludes"]:  # type: ignore[operator]  # a list of texts
        checks.refuse("excludes", _("A type cannot exclude itself."), "not_an_option")
    checks.done()
    row, _made = PartnerType.objects.update_or_create(slug=slug, defaults=values)
    fields = ("name", "description", "position", "excludes")
    record_creation(row, actor=by, verb="save_partner_type", fields=fields, now=now)
    return row


def drop_partner_type(slug: str, *, now: datetime, by: str) -> None:
    """Do away with a type that no partner is. Refuses one that somebody is, archived partners too."""
    row = PartnerType.objects.filter(slug=slug).first()
    if row is None:
        return
    carried = queries.type_counts().get(slug, 0)
    if carried:
        message = _("%(n)d partners are of the type “%(name)s”. Change theirs first.") % {
            "n": carried,
            "name": row.name,
        }
        raise Refused("type_in_use", message)
    before = {"name": row.name, "description": row.description}
    row.delete()
    record_change(
        actor=by, verb="drop_partner_type", subject_kind="partnertype", subject_id=slug, before=before, after={},
        now=now,
    )  # fmt: skip


def _checked(changes: PartnerChanges, partner: Partner | None = None) -> dict[str, object]:
    checks, values = Checks(), dict[str, object](changes)
    for field, limit in (("name", 200), ("contact_name", 200), ("phone", 40), ("company", 200), ("source", 60)):
        if field in values:
            values[field] = checks.text(field, str(values[field]), limit, required=field == "name")
    if "email" in changes:
        values["email"] = checks.email("email", changes["email"])
        values["email_hash"] = hash_email(changes["email"])
    if "website" in changes:
        values["website"] = checks.web_address("website", changes["website"])
    if "country" in changes:
        values["country"] = checks.country("country", changes["country"])
    if "language" in changes:
        values["language"] = checks.language("language", changes["language"])
    if "time_zone" in changes:
        values["time_zone"] = checks.time_zone("time_zone", changes["time_zone"])
    _check_lists(checks, changes, values)
    if partner is not None and changes.get("recruited_by") == partner:
        checks.refuse("recruited_by", _("A partner cannot have recruited themselves."), "not_an_option")
    checks.done()
    _keep_address_unique(str(values.get("email", "")), partner)
    return values


def _check_lists(checks: Checks, changes: PartnerChanges, values: dict[str, object]) -> None:
    if "channels" in changes:
        values["channels"] = checks.words("channels", changes["channels"], 300)
    if "tags" in changes:
        values["tags"] = checks.words("tags", changes["tags"], 60)
    if "types" in changes:
        wanted = list(dict.fromkeys(changes["types"]))
        kinds = queries.partner_types() if wanted else []
        known = {kind.slug for kind in kinds} | set(rules.DEFAULT_TYPES) if wanted else set()
        values["types"] = [checks.one_of("types", slug, known) for slug in wanted]
        clash = rules.first_clash(wanted, {kind.slug: kind.excludes for kind in kinds})
        if clash:
            names = {kind.slug: kind.name for kind in kinds}
            said = {"one": names.get(clash[0], clash[0]), "other": names.get(clash[1], clash[1])}
            checks.refuse("types", _("Nobody can be %(one)s and %(other)s at once.") % said, "types_exclude")


def _keep_address_unique(email: str, partner: Partner | None) -> None:
    known = queries.partner_by_email(email) if email else None
    if known is not None and known != partner:
        message = _("%(name)s is already a partner with the address %(email)s.") % {"name": known.name, "email": email}
        raise Refused("email_in_use", message)
