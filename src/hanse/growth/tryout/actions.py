"""Verbs of the try-out."""

from __future__ import annotations

from datetime import datetime

from hanse.people.access.keys import keep_derived_key
from hanse.people.partners.actions import create_partner
from hanse.people.partners.models import Partner
from hanse.people.partners.queries import partner_by_email
from hanse.programs.enrolments.actions import enrol
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.offers.actions import archive_offer, create_offer
from hanse.programs.programs.models import Program
from hanse.spine.outbox.actions import absolute_url
from hanse.spine.secrets.keys import key_for
from hanse.traffic.links.actions import create_link
from hanse.traffic.links.models import Link

TEST_ADDRESS = "test-partner@example.invalid"
KEY_NAME = "Test shop"


def try_link(program: Program, *, now: datetime, by: str) -> Link:
    """Return the link to the test shop, made at the first call with its test partner and key. Pays nobody ever.

    The offer behind it is archived at once: no real partner can choose it. Refuses archived programs.
    """
    shop_key(program, now=now, by=by)
    enrolment = _test_enrolment(program, now, by)
    known = Link.objects.filter(enrolment=enrolment, archived_at=None).order_by("created_at").first()
    if known is not None:
        return known
    offer = create_offer(
        program, name="Test shop", destination_url=absolute_url(f"/shop/{program.slug}"), now=now, by=by
    )
    link = create_link(enrolment, offer, slug=_free_slug(program), label="Test shop", now=now, by=by)
    archive_offer(offer, now=now, by=by)
    return link


def _free_slug(program: Program) -> str | None:
    wanted = f"try-{program.slug}"[:80]
    return None if Link.objects.filter(slug__iexact=wanted).exists() else wanted


def _test_enrolment(program: Program, now: datetime, by: str) -> Enrolment:
    partner = _test_partner(now, by)
    known = Enrolment.objects.filter(partner=partner, program=program).select_related("partner", "program").first()
    return known or enrol(partner, program, enrolled_at=now, now=now, by=by, is_test=True)


def _test_partner(now: datetime, by: str) -> Partner:
    known = partner_by_email(TEST_ADDRESS)
    return known or create_partner(name="Test partner", email=TEST_ADDRESS, source="test", now=now, by=by)


def shop_key(program: Program, *, now: datetime, by: str) -> str:
    """Return the secret that the test shop sends orders with: made of the master key, so it is stored nowhere."""
    secret = "hz_" + key_for(f"test-shop:{program.pk}").hex()[:40]
    keep_derived_key(secret, name=KEY_NAME, scopes=("facts:write",), program=program, now=now, by=by)
    return secret
