"""Verbs of audiences."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from hanse.growth.audiences.models import Audience
from hanse.growth.audiences.queries import read_condition
from hanse.kernel.errors import Invalid
from hanse.kernel.ids import new_id
from hanse.programs.programs.models import Program
from hanse.spine.audit.actions import audited_save, record_creation
from hanse.spine.checks import Checks


def keep_audience(
    program: Program, *, name: str, condition: object, now: datetime, by: str, instead_of: Audience | None = None
) -> Audience:
    """Keep an audience; `instead_of` is changed in its place. `condition` None means everybody.

    Raises Invalid, with a pointer to each place in the condition that cannot be.
    """
    checks = Checks()
    values: dict[str, object] = {"name": checks.text("name", name, 100, required=True), "condition": condition}
    try:
        read_condition(condition)
    except Invalid as refused:
        checks.problems.extend(refused.problems)
    same = Audience.objects.filter(program=program, name=values["name"], archived_at=None)
    if same.exclude(pk=instead_of.pk if instead_of else new_id(now)).exists():
        checks.refuse("name", _("Another audience has this name."), "taken")
    checks.done()
    if instead_of is not None:
        audited_save(instead_of, values | {"changed_at": now}, actor=by, verb="change_audience", now=now)
        return instead_of
    row = Audience.objects.create(
        id=new_id(now), program=program, created_at=now, created_by=by[:200], changed_at=now, **values
    )  # fmt: skip
    record_creation(row, actor=by, verb="keep_audience", fields=("name", "condition"), now=now)
    return row


def archive_audience(audience: Audience, *, now: datetime, by: str) -> None:
    """Put an audience away; what was sent to it stays."""
    audited_save(audience, {"archived_at": now}, actor=by, verb="archive_audience", now=now)
