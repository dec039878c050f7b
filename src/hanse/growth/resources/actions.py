"""Verbs of resources: add one, give it a new version, say for whom it is, put it away, note what partners do."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from django.db.models import F, Max
from django.utils.translation import gettext as _

from hanse.growth.audiences.meant import checked_tiers, checked_types
from hanse.growth.resources.content import Content
from hanse.growth.resources.files.actions import keep_file as keep_file
from hanse.growth.resources.files.types import EXTENSIONS, SHOWN
from hanse.growth.resources.models import Resource, ResourceUse, ResourceVersion
from hanse.growth.resources.types import ACTS, CHANNELS, EVERYBODY, TAKEN, WINDOW_DAYS, Act, Target
from hanse.kernel.clock import local_day
from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.spine.audit.actions import audited_save, record_change, record_creation
from hanse.spine.checks import Checks

MOST_BODY = 20_000


def add_resource(
    program: Program, kind: str, content: Content, target: Target = EVERYBODY, *, expires_on: date | None = None,
    is_pinned: bool = False, original: Resource | None = None, now: datetime, by: str,
) -> Resource:  # fmt: skip
    """Add a resource with its first version. `original`: it says the same in another language. Raises Invalid."""
    checks = Checks()
    checks.one_of("kind", kind, [str(one) for one in Resource.Kind.values])
    found = _target(checks, program, target)
    content = _content(checks, program, kind, content)
    _check_original(checks, program, original, found.language)
    checks.done()
    row = Resource.objects.create(
        id=new_id(now), program=program, kind=kind, original=original, expires_on=expires_on, is_pinned=is_pinned,
        tiers=list(found.tiers), types=list(found.types), channels=list(found.channels), language=found.language,
        created_at=now, created_by=by[:200],
    )  # fmt: skip
    _write(row, 1, content, now, by)
    record_creation(row, actor=by, verb="add_resource", fields=("kind", "language", "tiers", "types"), now=now)
    return row


def add_version(resource: Resource, content: Content, *, now: datetime, by: str) -> ResourceVersion:
    """Give a resource a new version, which partners see from now on; the earlier ones are kept. One that says and holds
    the same as the newest is not another. Raises Invalid; refuses for what was put away."""
    row = (
        Resource.objects.select_for_update(of=("self",)).select_related("current__file", "program").get(pk=resource.pk)
    )
    if row.archived_at is not None:
        raise Refused("archived", _("This was put away. Bring it back first."))
    checks = Checks()
    content = _content(checks, row.program, row.kind, content)
    checks.done()
    before = row.now
    if (content.title, content.summary, content.body, content.address, content.file) == (
        before.title, before.summary, before.body, before.address, before.file
    ):  # fmt: skip
        return before
    last = ResourceVersion.objects.filter(resource=row).aggregate(last=Max("number"))["last"] or 0
    version = _write(row, last + 1, content, now, by)
    resource.current = version
    record_change(
        actor=by, verb="add_version", subject_kind="resource", subject_id=row.pk, before={"version": last},
        after={"version": version.number, "title": version.title}, reason=content.note, now=now,
    )  # fmt: skip
    return version


def change_resource(
    resource: Resource, *, kind: str, target: Target, expires_on: date | None, is_pinned: bool, now: datetime, by: str
) -> Resource:
    """Say anew what a resource is, for whom and until when; `expires_on` is its last day. Raises Invalid."""
    checks = Checks()
    checks.one_of("kind", kind, [str(one) for one in Resource.Kind.values])
    found = _target(checks, resource.program, target)
    if found.language != resource.language and resource.original_id:
        _check_original(checks, resource.program, resource.original, found.language)
    checks.done()
    values: dict[str, object] = {
        "kind": kind, "tiers": list(found.tiers), "types": list(found.types), "channels": list(found.channels),
        "language": found.language, "expires_on": expires_on, "is_pinned": is_pinned,
    }  # fmt: skip
    audited_save(resource, values, actor=by, verb="change_resource", now=now)
    return resource


def archive_resource(resource: Resource, *, now: datetime, by: str) -> None:
    """Take a resource from partners; its versions and numbers stay."""
    if resource.archived_at is None:
        audited_save(resource, {"archived_at": now}, actor=by, verb="archive_resource", now=now)


def restore_resource(resource: Resource, *, now: datetime, by: str) -> None:
    """Bring a resource back. Refuses while another one says the same in its language."""
    if resource.archived_at is None:
        return
    same = Resource.objects.filter(original=resource.original_id, language=resource.language, archived_at=None)
    if resource.original_id and same.exists():
        raise Refused("not_unique", _("There is one in this language already."))
    audited_save(resource, {"archived_at": None}, actor=by, verb="restore_resource", now=now)


def note_uses(resources: Collection[Resource], enrolment: Enrolment, act: Act, *, now: datetime) -> None:
    """Count that a partner was shown, opened, downloaded or copied resources, with `current` read. Three queries, and
    one for each that was taken anew.

    Raises Invalid for an act that there is not.
    """
    checks = Checks()
    checks.one_of("act", act, ACTS)
    checks.done()
    day = local_day(now, enrolment.program.time_zone)
    known = ResourceUse.objects.filter(enrolment=enrolment, act=act, resource__in=[one.pk for one in resources])
    seen = set(known.values_list("resource_id", flat=True))
    known.update(times=F("times") + 1, last_at=now)
    for one in resources:
        if act in TAKEN and one.pk in seen and one.now.number > 1:
            ResourceUse.objects.filter(enrolment=enrolment, act=act, resource=one).update(version=one.now)
    fresh = [
        ResourceUse(
            id=new_id(now), resource=one, version=one.now, enrolment=enrolment, act=act, first_at=now, last_at=now,
            used_on=day, before_on=day - timedelta(days=WINDOW_DAYS), after_on=day + timedelta(days=WINDOW_DAYS),
        )
        for one in resources
        if one.pk not in seen
    ]  # fmt: skip
    ResourceUse.objects.bulk_create(fresh, ignore_conflicts=True)


def _write(row: Resource, number: int, content: Content, now: datetime, by: str) -> ResourceVersion:
    version = ResourceVersion.objects.create(
        id=new_id(now), resource=row, number=number, title=content.title, summary=content.summary, body=content.body,
        address=content.address, file=content.file, note=content.note, created_at=now, created_by=by[:200],
    )  # fmt: skip
    row.current = version
    row.save(update_fields=["current"])
    return version


def _content(checks: Checks, program: Program, kind: str, content: Content) -> Content:
    file = content.file
    if file is not None and file.program_id not in (None, program.pk):
        checks.refuse("file", _("This belongs to another program."), "other_program")
    found = Content(
        checks.text("title", content.title, 140, required=True), checks.text("summary", content.summary, 300),
        checks.text("body", content.body, MOST_BODY, lines=True), checks.web_address("address", content.address, 500),
        file, checks.text("note", content.note, 300),
    )  # fmt: skip
    if not (found.body or found.address or file):
        checks.refuse("file", _("Add a file, a text or an address: something to take."), "required")
    elif kind == "copy" and not found.body:
        checks.refuse("body", _("Copy is text that partners take as it is. Type it here."), "required")
    elif kind == "picture" and (file is None or file.kind not in SHOWN):
        endings = ", ".join(EXTENSIONS[one][0] for one in sorted(SHOWN))
        checks.refuse("file", _("A picture is a file of these: %(endings)s.") % {"endings": endings}, "no_picture")
    return found


def _target(checks: Checks, program: Program, target: Target) -> Target:
    for one in target.channels:
        checks.one_of("channels", one, CHANNELS)
    language = checks.language("language", target.language) if target.language else ""
    return Target(
        tiers=checked_tiers(checks, program, list(target.tiers)), types=checked_types(checks, list(target.types)),
        channels=_once(target.channels), language=language,
    )  # fmt: skip


def _check_original(checks: Checks, program: Program, original: Resource | None, language: str) -> None:
    if original is None:
        return
    if original.program_id != program.pk or original.original_id is not None:
        checks.refuse("original", _("Choose the one that the others were translated from."), "not_an_option")
    elif not language:
        checks.refuse("language", _("Say in which language it is."), "required")
    elif (
        original.language == language
        or Resource.objects.filter(original=original, language=language, archived_at=None).exists()
    ):
        checks.refuse("language", _("There is one in this language already."), "not_unique")


def _once(values: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(values))
