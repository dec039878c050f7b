"""Verbs of sharing: what customers are offered, and making partners of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from hanse.growth.demarcation.queries import rules_of
from hanse.growth.demarcation.suggesting import keep_type_rule
from hanse.growth.sharing.letters import send_sharing_letter
from hanse.growth.sharing.models import SharingCustomer, SharingOffer
from hanse.growth.sharing.queries import sharing_of, sharing_terms
from hanse.growth.sharing.rules import new_code
from hanse.growth.sharing.types import Brought, Buyer, Sharing, Wanted
from hanse.kernel.errors import Invalid, Refused
from hanse.kernel.ids import new_id
from hanse.kernel.money import MAX_AMOUNT_MINOR
from hanse.people.access.actions import create_partner_login, make_sign_in_link
from hanse.people.access.models import TeamUser
from hanse.people.access.queries import partner_people
from hanse.people.partners.actions import create_partner, restore_partner, set_payout_details
from hanse.people.partners.models import Partner, PayoutDetails
from hanse.people.partners.queries import partner_by_email
from hanse.programs.enrolments.actions import accept_terms, enrol
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.offers.queries import first_offer
from hanse.programs.programs.models import Program
from hanse.programs.tiers.queries import tiers_of
from hanse.spine.audit.actions import audited_save, record_change
from hanse.spine.checks import Checks
from hanse.traffic.attribution.devices import note_own_customer
from hanse.traffic.coupons.actions import create_coupon
from hanse.traffic.coupons.models import Coupon
from hanse.traffic.links.actions import create_link
from hanse.traffic.links.models import Link

TAG = "customer"
MOST_AT_ONCE = 200  # a list is one transaction, and others wait for it
_TRIES = 5
PaidIn = SharingOffer.PaidIn
_AMBASSADOR_ORDERS = 5


def offer_sharing(program: Program, wanted: Wanted, *, now: datetime, by: str) -> SharingOffer:
    """Say what customers get for telling friends, and open or close it. Those who joined keep what they have.

    The first time a rule is added that suggests the best of them as ambassadors. Raises Invalid; refuses to open while
    nothing could be earned (no terms in force) or no offer is there for links to lead to.
    """
    values = _checked(program, wanted)
    if wanted.is_open and sharing_terms(program, values["tier_id"], now) is None:
        raise Refused("no_terms", _("No terms are in force for these customers: publish some first."))
    if wanted.is_open and first_offer(program.pk) is None:
        raise Refused("no_offer", _("There is no offer for links to lead to: make one first."))
    row = SharingOffer.objects.filter(program=program).first()
    if row is None:
        row = SharingOffer.objects.create(program=program, changed_at=now)
        _suggest_the_best(program, now, by)
    audited_save(row, {**values, "changed_at": now}, actor=by, verb="offer_sharing", now=now)
    return row


def _checked(program: Program, wanted: Wanted) -> dict[str, Any]:
    checks = Checks()
    tiers = {tier.key: tier for tier in tiers_of(program.pk)}
    if wanted.tier:
        checks.one_of("tier", wanted.tier, tiers)
    prefix = checks.text("code_prefix", wanted.code_prefix, 20).upper()
    if not all(letter.isascii() and letter.isalnum() for letter in prefix):
        checks.refuse("code_prefix", _("Letters and digits only, like FRIEND."), "bad_code")
    values = {
        "is_open": wanted.is_open, "tier_id": tiers[wanted.tier].pk if wanted.tier in tiers else None,
        "headline": checks.text("headline", wanted.headline, 160),
        "friend_gets": checks.text("friend_gets", wanted.friend_gets, 160),
        "paid_in": checks.one_of("paid_in", wanted.paid_in, PaidIn.values),
        "product": checks.text("product", wanted.product, 120, required=wanted.paid_in == PaidIn.PRODUCT),
        "product_worth_minor": checks.whole_number("product_worth", wanted.product_worth_minor, 0, MAX_AMOUNT_MINOR),
        "orders_each": checks.whole_number("orders_each", wanted.orders_each, 1, 1000), "code_prefix": prefix,
    }  # fmt: skip
    checks.done()
    return values


def renew_sharing_key(program: Program, *, now: datetime, by: str) -> SharingOffer:
    """Sign addresses with a new key from now on; those signed with the old one lead nowhere any more."""
    row = SharingOffer.objects.select_for_update().get(program=program)
    audited_save(
        row, {"key_number": row.key_number + 1, "changed_at": now}, actor=by, verb="renew_sharing_key", now=now
    )
    return row


def join_by_sharing(
    offer: SharingOffer, buyer: Buyer, *, source: str, is_accepted: bool, is_mailed: bool = True, now: datetime, by: str
) -> Sharing:
    """Make a partner of a customer, without applying: enrolment, login, link and code, and a mail with both.

    Who is enrolled already gets what they have. `is_accepted`: they clicked under the terms, which is kept as their
    agreement; else the portal asks. Raises Invalid; refuses while closed, and those whose enrolment was ended.
    """
    if not offer.is_open:
        raise Refused("sharing_closed", _("This is not open at the moment."))
    buyer = _sound(buyer)
    Program.objects.select_for_update(no_key=True).get(pk=offer.program_id)  # of two clicks one finds the other
    partner = partner_by_email(buyer.email)
    enrolment = Enrolment.objects.filter(partner=partner, program=offer.program).first() if partner else None
    if enrolment is not None and enrolment.status == Enrolment.Status.ENDED:
        raise Refused("enrolment_ended", _ended())
    is_new = enrolment is None
    partner = partner or _new_partner(buyer, offer, now, by)
    if is_new and partner.archived_at is not None:
        restore_partner(partner, now=now, by=by)
    enrolment = enrolment or enrol(partner, offer.program, tier=offer.tier, enrolled_at=now, now=now, by=by)
    note_own_customer(enrolment.pk, buyer.customer, now)
    row = _kept(offer, enrolment, buyer, source, now, by)
    terms = sharing_terms(offer.program, enrolment.tier_id, now)
    if is_accepted and terms is not None:
        accept_terms(enrolment, terms, by=buyer.email, at=now, evidence=f"One click ({source})")
    if is_new and offer.paid_in == PaidIn.CREDIT:
        _pay_in_credit(partner, buyer, now, by)
    if is_new and is_mailed:
        secret = make_sign_in_link(_login_of(partner, now, by), next_path="/p/", now=now)
        send_sharing_letter(row, offer, secret, now)
    return sharing_of(row, is_new=is_new)


def bring_customers(
    offer: SharingOffer, buyers: Sequence[Buyer], *, source: str, is_mailed: bool = True, pointer: str = "/rows",
    now: datetime, by: str,
) -> Brought:  # fmt: skip
    """Make partners of many customers, all or none; those who are enrolled stay as they are.

    Raises Invalid with every row's problems at `<pointer>/<n>/<field>` (n from 0); an ended enrolment is one of them.
    """
    _check_all(offer, buyers, pointer)
    found = [
        join_by_sharing(offer, buyer, source=source, is_accepted=False, is_mailed=is_mailed, now=now, by=by)
        for buyer in buyers
    ]
    new = sum(one.is_new for one in found)
    return Brought(new, len(found) - new, found)


def _check_all(offer: SharingOffer, buyers: Sequence[Buyer], pointer: str) -> None:
    """Raise Invalid with what is wrong in any row, before anything is written. One query."""
    checks = Checks()
    if len(buyers) > MOST_AT_ONCE:
        checks.refuse_at(pointer, _("At most %(limit)d at once, please.") % {"limit": MOST_AT_ONCE}, "too_long")
        checks.done()
    emails = [buyer.email.strip().lower() for buyer in buyers]
    ended = Enrolment.objects.filter(program=offer.program, status=Enrolment.Status.ENDED, partner__email__in=emails)
    closed = set(ended.values_list("partner__email", flat=True))
    for number, buyer in enumerate(buyers):
        try:
            _sound(buyer)
        except Invalid as error:
            for problem in error.problems:
                checks.refuse_at(f"{pointer}/{number}{problem.pointer}", problem.message, problem.code)
        if emails[number] in closed:
            checks.refuse_at(f"{pointer}/{number}/email", _ended(), "enrolment_ended")
    checks.done()


def _ended() -> str:
    return _("This enrolment was ended. A person has to take it up again.")


def _sound(buyer: Buyer) -> Buyer:
    checks = Checks()
    sound = Buyer(
        checks.email("email", buyer.email), checks.text("name", buyer.name, 200),
        checks.text("customer", buyer.customer, 200),
        checks.language("language", buyer.language) if buyer.language.strip() else "",
    )  # fmt: skip
    checks.done()
    return sound


def _new_partner(buyer: Buyer, offer: SharingOffer, now: datetime, by: str) -> Partner:
    return create_partner(
        name=buyer.name or buyer.email.partition("@")[0], email=buyer.email, contact_name=buyer.name, tags=(TAG,),
        language=buyer.language or "en", time_zone=offer.program.time_zone, source=TAG, now=now, by=by,
    )  # fmt: skip


def _login_of(partner: Partner, now: datetime, by: str) -> TeamUser:
    known = partner_people(partner.pk).filter(is_active=True).first()
    return known or create_partner_login(partner, now=now, by=by)


def _kept(
    offer: SharingOffer, enrolment: Enrolment, buyer: Buyer, source: str, now: datetime, by: str
) -> SharingCustomer:
    row = SharingCustomer.objects.select_related("enrolment__partner", "link", "coupon").filter(enrolment=enrolment)
    known = row.first()
    if known is not None:
        return known
    to = first_offer(offer.program_id)
    link = Link.objects.filter(enrolment=enrolment, archived_at=None).order_by("created_at", "id").first()
    if link is None and to is not None:
        link = create_link(enrolment, to, label=_("For friends"), now=now, by=by)
    made = SharingCustomer.objects.create(
        id=new_id(now), enrolment=enrolment, program_id=offer.program_id, customer=buyer.customer, source=source,
        link=link, coupon=_own_code(offer, enrolment, now, by), joined_at=now,
    )  # fmt: skip
    record_change(
        actor=by, verb="join_by_sharing", subject_kind="enrolment", subject_id=enrolment.pk, before={},
        after={"source": source}, now=now,
    )  # fmt: skip
    return made


def _own_code(offer: SharingOffer, enrolment: Enrolment, now: datetime, by: str) -> Coupon:
    known = Coupon.objects.filter(enrolment=enrolment, archived_at=None).order_by("created_at", "id").first()
    if known is not None:
        return known
    codes = [new_code(offer.code_prefix) for _try in range(_TRIES)]
    taken = set(Coupon.objects.filter(program_id=offer.program_id, code__in=codes).values_list("code", flat=True))
    code = next(code for code in codes if code not in taken)
    return create_coupon(enrolment, code=code, description=offer.friend_gets, now=now, by=by)


def _pay_in_credit(partner: Partner, buyer: Buyer, now: datetime, by: str) -> None:
    """Let the shop credit what they earn, unless they said otherwise before."""
    if not PayoutDetails.objects.filter(partner=partner).exists():
        account = buyer.customer or buyer.email
        set_payout_details(partner, rail="credit", account_name=partner.name[:140], account=account, now=now, by=by)


def _suggest_the_best(program: Program, now: datetime, by: str) -> None:
    name = _("Customers whose friends keep buying")
    if not rules_of(program.pk).filter(name=name).exists():
        condition = {"all": [
            {"field": "partner.tags", "op": "in", "value": [TAG]},
            {"field": "figures.conversions_180d", "op": "gte", "value": _AMBASSADOR_ORDERS},
        ]}  # fmt: skip
        keep_type_rule(program, name=name, adds="ambassador", condition=condition, now=now, by=by)
