"""Reads of invitations."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, QuerySet, Value, When

from hanse.growth.invitations.models import Invitation
from hanse.growth.invitations.secret import secret_hash
from hanse.growth.invitations.types import Counted
from hanse.kernel.errors import NotFound


def invitation_by_secret(program_id: UUID, secret: str) -> Invitation:
    """Return a program's invitation whose page has this secret, withdrawn or not. Raises NotFound."""
    rows = Invitation.objects.select_related("tier").filter(program_id=program_id, secret=secret_hash(secret))
    row = rows.first()
    if row is None:
        raise NotFound("invitation")
    return row


def invitations_of(program_id: UUID | None, among: QuerySet[Invitation] | None = None) -> QuerySet[Invitation]:
    """Return a program's invitations (None: everybody's, or those `among`), each with its `state`."""
    from hanse.growth.recruiting.models import Application  # the rooms know each other's rows both ways

    joined = Application.objects.filter(invitation=OuterRef("pk"), status="approved")
    state = Case(
        When(Exists(joined), then=Value("joined")),
        When(accepted_at__isnull=False, then=Value("applied")),
        When(declined_at__isnull=False, then=Value("declined")),
        When(withdrawn_at__isnull=False, then=Value("withdrawn")),
        When(opened_at__isnull=False, then=Value("opened")),
        default=Value("sent"),
        output_field=CharField(),
    )
    rows = Invitation.objects.all() if among is None else among
    rows = rows.filter(program_id=program_id) if program_id else rows
    return rows.select_related("prospect", "tier").annotate(state=state)


def counted(program_id: UUID) -> Counted:
    """Return how far a program's invitations got. One query."""
    rows: Any = invitations_of(program_id)
    found = rows.aggregate(
        sent_n=Count("pk"),
        opened_n=Count("pk", filter=Q(opened_at__isnull=False) | Q(accepted_at__isnull=False)),
        applied_n=Count("pk", filter=Q(accepted_at__isnull=False)),
        joined_n=Count("pk", filter=Q(state="joined")),
        declined_n=Count("pk", filter=Q(declined_at__isnull=False)),
    )
    return Counted(**{name: found[f"{name}_n"] for name in ("sent", "opened", "applied", "joined", "declined")})
