"""The verb that makes a partner of an applicant."""

from __future__ import annotations

from datetime import datetime

from hanse.growth.mentions.taking import lay_over_partners
from hanse.growth.prospects.moving import prospect_joined
from hanse.growth.prospects.queries import referrer_of
from hanse.growth.recruiting import letters
from hanse.growth.recruiting.models import Application
from hanse.growth.recruiting.queries import offered_terms
from hanse.growth.recruiting.rules import WELCOME_LINK_LASTS
from hanse.growth.recruiting.steps import locked
from hanse.money.commissions.moving import move_to_tier
from hanse.people.access.actions import create_partner_login, make_sign_in_link, reopen_login
from hanse.people.access.models import TeamUser
from hanse.people.access.queries import partner_people
from hanse.people.partners.actions import create_partner, restore_partner
from hanse.people.partners.models import Partner
from hanse.people.partners.queries import partner_by_email
from hanse.programs.enrolments.actions import accept_terms, change_status, enrol
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.offers.queries import first_offer
from hanse.programs.tiers.models import Tier
from hanse.spine.audit.actions import audited_save
from hanse.traffic.links.actions import create_link
from hanse.traffic.links.queries import link_address


def approve_application(application: Application, *, tier: Tier | None = None, now: datetime, by: str) -> Enrolment:
    """Take an applicant in: partner, login, enrolment, the accepted terms, a first link, and a mail that lets them in.

    An address that is a partner already is enrolled as that partner; one that had ended comes back, and one that was
    enrolled meanwhile stays as it is. Without a tier it is the invitation's, else *new*. Raises Invalid for another
    program's tier; refuses before confirmation, after a decision and for one that is suspended.
    """
    row = locked(application, "approve")
    partner = _partner_of(row, now, by)
    tier = tier or (row.invitation.tier if row.invitation is not None else None)
    enrolment = _enrolment_of(partner, row, tier, now, by)
    if row.terms is not None:
        accept_terms(enrolment, row.terms, by=row.email, at=row.sent_at)
    link = _first_link(enrolment, now, by)
    values = {"status": "approved", "decided_at": now, "decided_by": by[:200], "partner_id": partner.pk}
    audited_save(row, values, actor=by, verb="approve_application", now=now)
    prospect_joined(row.program_id, row.email, partner, now=now, by=by)
    lay_over_partners(row.program)
    secret = make_sign_in_link(_login_of(partner, now, by), next_path="/p/", now=now, valid_for=WELCOME_LINK_LASTS)
    letters.send_welcome(row, secret, link, offered_terms(row.program_id, now, enrolment.tier_id), now)
    return enrolment


def _partner_of(application: Application, now: datetime, by: str) -> Partner:
    known = partner_by_email(application.email)
    if known is not None:
        if known.archived_at is not None:
            restore_partner(known, now=now, by=by)
        return known
    return create_partner(
        name=application.company or application.name, email=application.email, contact_name=application.name,
        phone=application.phone, company=application.company, website=application.website,
        channels=application.channels, country=application.country, language=application.language,
        time_zone=application.program.time_zone,
        source="invitation" if application.invitation_id else "application", now=now, by=by,
        recruited_by=application.recruited_by or referrer_of(application.program_id, application.email),
    )  # fmt: skip


def _enrolment_of(partner: Partner, application: Application, tier: Tier | None, now: datetime, by: str) -> Enrolment:
    known = Enrolment.objects.filter(partner=partner, program=application.program).first()
    if known is None or known.status == Enrolment.Status.SUSPENDED:
        return enrol(partner, application.program, tier=tier, enrolled_at=now, now=now, by=by)
    if known.status not in (Enrolment.Status.ENDED, Enrolment.Status.PENDING):
        return known
    change_status(known, "active", at=now, reason="application", by=by)
    return move_to_tier(known, tier, now=now, by=by) if tier else known


def _login_of(partner: Partner, now: datetime, by: str) -> TeamUser:
    people = list(partner_people(partner.pk))
    own = [one for one in people if one.email == partner.email]
    open_ones = [one for one in (*own, *people) if one.is_active]
    if open_ones:
        return open_ones[0]
    if own:
        reopen_login(own[0], now=now, by=by)
        return own[0]
    return create_partner_login(partner, now=now, by=by)


def _first_link(enrolment: Enrolment, now: datetime, by: str) -> str:
    offer = first_offer(enrolment.program_id)
    return link_address(create_link(enrolment, offer, now=now, by=by)) if offer else ""
