"""Reads of launch: the check's verdicts, and pilots with what they show."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, QuerySet

from hanse.growth.faq.queries import has_playbook
from hanse.growth.launch.models import Launch, Pilot, PilotPartner
from hanse.growth.launch.rules import verdict, watched
from hanse.growth.launch.types import Check, Member, Verdict
from hanse.growth.resources.queries import has_asset_pack
from hanse.insight.rollups.models import EnrolmentMark
from hanse.kernel.clock import local_day
from hanse.money.commissions.models import Commission
from hanse.money.payouts.schedule import payout_rules
from hanse.money.rails.settings import rail_problems
from hanse.programs.offers.models import Offer
from hanse.programs.programs.models import Program
from hanse.programs.terms.in_force import program_terms_in_force


def launch_of(program: Program) -> Launch:
    """Return what people wrote down for a program's launch; an empty one where nobody has."""
    found = Launch.objects.filter(program=program).first()
    return found or Launch(program=program, changed_at=program.created_at)


def checks_of(program: Program, now: datetime) -> list[Check]:
    """Return each thing that a program needs before it opens, found now. A fixed number of queries."""
    launch = launch_of(program)
    terms = program_terms_in_force([program.pk], now).get(program.pk)
    has_clauses = terms is not None and bool(terms.body.get("clauses"))
    rail = payout_rules(program).rail
    troubles = rail_problems(program, rail)
    return [
        Check("terms", [] if has_clauses else ["no_terms"], terms.starts_at if terms else None),
        _assets(program, launch, now),
        _test_sale(program),
        Check("payout", ["rail"] if troubles else [], None, "; ".join(map(str, troubles)) or rail),
        Check("playbook", [] if launch.playbook.strip() or has_playbook(program.pk) else ["no_playbook"]),
        _aim(program, launch, now),
    ]


def _assets(program: Program, launch: Launch, now: datetime) -> Check:
    """There is something to promote, and something to begin with: in the library, or at an address of one's own."""
    offers = Offer.objects.filter(program=program, archived_at=None).exists()
    has_pack = bool(launch.asset_pack) or has_asset_pack(program.pk, local_day(now, program.time_zone))
    missing = ([] if offers else ["no_offer"]) + ([] if has_pack else ["no_asset_pack"])
    return Check("assets", missing, None, launch.asset_pack)


def _test_sale(program: Program) -> Check:
    """A test sale proves the way from the click to the explained commission; it pays nobody."""
    tests = Commission.objects.filter(program=program, earned_minor__gt=0)
    row = tests.filter(conversion__is_test=True) | tests.filter(enrolment__is_test=True)
    newest = row.order_by("-occurred_at").values_list("occurred_at", "conversion__external_id").first()
    return Check("test_sale", [] if newest else ["no_test_sale"], *(newest or (None, "")))


def _aim(program: Program, launch: Launch, now: datetime) -> Check:
    if not (launch.aim_metric and launch.aim_number and launch.aim_on):
        return Check("aim", ["no_aim"])
    is_past = launch.opened_at is None and launch.aim_on <= local_day(now, program.time_zone)
    return Check("aim", ["aim_past"] if is_past else [])


def pilots_of(program_id: UUID) -> QuerySet[Pilot]:
    """Return a program's pilots with `members`, those without a decision first, then the latest."""
    rows = Pilot.objects.filter(program_id=program_id).annotate(members=Count("partners"))
    return rows.order_by("decided_at", "-ends_on", "pk")


def verdict_of(pilot: Pilot, today: date) -> Verdict:
    """Return what a pilot shows as of a local day. Three queries."""
    zone = pilot.program.time_zone
    rows = PilotPartner.objects.filter(pilot=pilot).select_related("enrolment__partner").order_by("added_at", "pk")
    taken = [row.enrolment for row in rows]
    marks = EnrolmentMark.objects.filter(enrolment_id__in=[one.pk for one in taken])
    sold = dict(marks.values_list("enrolment_id", "first_sale"))
    members = []
    for one in taken:
        since = max(local_day(one.enrolled_at, zone), pilot.starts_on)
        sold_on, days = watched(since, sold.get(one.pk), pilot.ends_on, today)
        members.append(Member(one.pk, one.partner_id, one.partner.name, since, sold_on, days))
    return verdict(members, size=pilot.size, aim_days=pilot.aim_days, ends_on=pilot.ends_on, today=today)
