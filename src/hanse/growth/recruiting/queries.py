"""Reads of recruiting."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, Q

from hanse.growth.prospects.rules import median
from hanse.growth.recruiting import rules
from hanse.growth.recruiting.mailboxes import mailbox_of
from hanse.growth.recruiting.models import Application
from hanse.growth.recruiting.secret import secret_hash
from hanse.kernel.errors import NotFound
from hanse.people.partners.models import Partner
from hanse.programs.programs.rules import FIRST_TIER
from hanse.programs.terms.models import Terms
from hanse.traffic.links.models import Link

_FEW = 5


def application_by_secret(secret: str) -> Application:
    """Return the application whose status page has this secret. Raises NotFound."""
    application = Application.objects.select_related("program", "terms").filter(secret=secret_hash(secret)).first()
    if application is None:
        raise NotFound("application")
    return application


def recruiter_by_link(program_id: UUID, slug: str, applicant: str) -> Partner | None:
    """Return the partner whose link somebody came by to join; None for links of others, and for the partner herself."""
    if not slug:
        return None
    rows = Link.objects.filter(slug=slug[:200], enrolment__program_id=program_id, enrolment__status="active")
    link = rows.select_related("enrolment__partner").first()
    partner = link.enrolment.partner if link is not None else None
    is_another = partner is not None and mailbox_of(partner.email) != mailbox_of(applicant)
    return partner if is_another else None


def open_application(program_id: UUID, email: str) -> Application | None:
    """Return the undecided application of an address, if there is one."""
    mine = Application.objects.filter(program_id=program_id, email=email, status__in=rules.OPEN)
    return mine.order_by("-sent_at").first()


def usual_answer(program_id: UUID) -> timedelta | None:
    """Return how long a program's last fifty applicants waited for a person, in the middle; None of fewer than 5.

    Whom a rule took in waited for nobody.
    """
    decided = Application.objects.filter(program_id=program_id, status__in=("approved", "declined"))
    decided = decided.exclude(decided_by__startswith=rules.BY_RULE)
    rows = decided.exclude(confirmed_at=None).order_by("-decided_at").values_list("confirmed_at", "decided_at")[:50]
    waits = [answered - began for began, answered in rows if began is not None and answered is not None]
    return median(waits) if len(waits) >= _FEW else None


def offered_terms(program_id: UUID, at: datetime, tier_id: UUID | None = None) -> Terms | None:
    """Return the terms that a newcomer gets: those of the tier (default: *new*), else the program's, in force then."""
    in_force = Terms.objects.filter(Q(ends_at=None) | Q(ends_at__gt=at), program_id=program_id, starts_at__lte=at)
    joined = Q(tier_id=tier_id) if tier_id else Q(tier__key=FIRST_TIER)
    meant = in_force.filter(joined | Q(tier=None), enrolment=None)
    return meant.order_by(F("tier_id").asc(nulls_last=True), "-starts_at", "-number").first()
