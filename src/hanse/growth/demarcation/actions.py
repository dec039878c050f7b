"""Verbs of the page of types: write a draft, publish it with a note. A published version never changes."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Max
from django.utils.translation import gettext as _

from hanse.growth.demarcation.models import TypesPage
from hanse.growth.demarcation.queries import draft, page_now, page_of, published_versions
from hanse.growth.demarcation.rules import page_hash, page_json, read_page
from hanse.growth.demarcation.types import PageText
from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.people.partners.actions import drop_partner_type, save_partner_type
from hanse.people.partners.queries import partner_types
from hanse.spine.audit.actions import record_change
from hanse.spine.checks import Checks


def keep_draft(body: object, *, now: datetime, by: str) -> TypesPage:
    """Keep the page as somebody writes it; nobody outside sees it. Raises Invalid with the place of each problem."""
    page = read_page(body)
    values = {"body": page_json(page), "body_hash": page_hash(page), "changed_at": now, "changed_by": by[:200]}
    row = TypesPage.objects.select_for_update().filter(is_draft=True).first()
    if row is None:
        return TypesPage.objects.create(id=new_id(now), is_draft=True, **values)
    TypesPage.objects.filter(pk=row.pk).update(**values)
    row.refresh_from_db()
    return row


def discard_draft(*, now: datetime, by: str) -> bool:
    """Throw the draft away. Returns whether there was one."""
    row = draft()
    if row is None:
        return False
    record_change(
        actor=by, verb="discard_types_draft", subject_kind="typespage", subject_id=row.pk,
        before={"hash": row.body_hash}, after={}, now=now,
    )  # fmt: skip
    row.delete()
    return True


def publish_types(*, note: str, now: datetime, by: str) -> TypesPage:
    """Publish the draft as the next version, with a note on what changed and why; types can be chosen as it says.

    Refuses without a draft, where nothing changed, and where a type is left out that a partner still is. Raises Invalid
    without a note.
    """
    row = TypesPage.objects.select_for_update().filter(is_draft=True).first()
    if row is None:
        raise Refused("no_draft", _("There is no draft to publish."))
    checks = Checks()
    note = checks.text("note", note, 500, required=True)
    checks.done()
    newest = published_versions().first()
    if newest is not None and newest.body_hash == row.body_hash:
        raise Refused("nothing_changed", _("The draft says the same as the page in force."))
    page = page_of(row)
    _keep_types(page, now, by)
    last = TypesPage.objects.aggregate(last=Max("number"))["last"] or 0
    TypesPage.objects.filter(pk=row.pk).update(
        number=last + 1, is_draft=False, note=note, changed_at=now, changed_by=by[:200], published_at=now
    )
    row.refresh_from_db()
    record_change(
        actor=by, verb="publish_types", subject_kind="typespage", subject_id=row.pk,
        before={"number": newest.number if newest else None, "hash": newest.body_hash if newest else ""},
        after={"number": row.number, "hash": row.body_hash, "name": f"{row.number}"}, reason=note, now=now,
    )  # fmt: skip
    return row


def draft_from(version: TypesPage | None, *, now: datetime, by: str) -> TypesPage:
    """Begin a draft from a version, or from the page in force; one that is there already stays."""
    known = draft()
    page = page_of(version) if version is not None else page_now()
    return known or keep_draft(page_json(page), now=now, by=by)


def _keep_types(page: PageText, now: datetime, by: str) -> None:
    listed = {one.slug for one in page.types}
    for kind in partner_types():
        if kind.slug not in listed:
            drop_partner_type(kind.slug, now=now, by=by)
    for position, one in enumerate(page.types):
        save_partner_type(
            slug=one.slug, name=one.name, description=one.what, position=position, excludes=one.excludes, now=now, by=by
        )
