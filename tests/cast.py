"""The fixed cast of the tests: one program, two partners, one manager, their links and coupons."""

from __future__ import annotations

from dataclasses import dataclass

from hanse.people.access.models import TeamUser
from hanse.people.partners.models import Partner
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.offers.models import Offer
from hanse.programs.programs.models import Program
from hanse.programs.terms.models import Terms
from hanse.traffic.coupons.models import Coupon
from hanse.traffic.links.models import Link
from tests import make


@dataclass(frozen=True, slots=True)
class Cast:
    """Ana and Ben promote Harbour (GBP, London) for 20 % of each sale and 10 % of renewals; Ruth looks after them."""

    program: Program
    offer: Offer
    terms: Terms
    ana: Partner
    ben: Partner
    anas: Enrolment
    bens: Enrolment
    anas_link: Link
    bens_link: Link
    anas_coupon: Coupon
    bens_coupon: Coupon
    ruth: TeamUser
    anas_login: TeamUser
    bens_login: TeamUser


def build() -> Cast:
    """Write the cast into the test's database."""
    program = make.program("harbour")
    ana, ben = make.partner("Ana"), make.partner("Ben")
    anas, bens = make.enrolment(ana, program), make.enrolment(ben, program)
    offer = make.offer(program)
    return Cast(
        program=program,
        offer=offer,
        terms=make.terms(
            program,
            {"kind": "percent", "rate": "20%", "goal": "sale"},
            {"kind": "percent", "rate": "10%", "goal": "renewal"},
        ),
        ana=ana,
        ben=ben,
        anas=anas,
        bens=bens,
        anas_link=make.link(anas, offer, number=1, slug="ana"),
        bens_link=make.link(bens, offer, number=2, slug="ben"),
        anas_coupon=make.coupon(anas, "ANA10"),
        bens_coupon=make.coupon(bens, "BEN10"),
        ruth=make.manager(),
        anas_login=make.partner_login(ana),
        bens_login=make.partner_login(ben),
    )
