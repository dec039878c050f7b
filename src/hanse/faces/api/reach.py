"""What a key reaches: one set of rows for each kind of thing. Every operation begins with one of these.

A key without a program reaches everything; one restricted to a program reaches what belongs to that program, and the
partners enrolled in it. What is out of reach does not exist for the asker.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Exists, Model, OuterRef, QuerySet
from django.utils.translation import gettext as _

from hanse.faces.api.problems import NotAllowed
from hanse.growth.audiences.models import Audience
from hanse.growth.budgets.models import Budget, Overrun
from hanse.growth.care.models import UpcomingDay
from hanse.growth.challenges.models import Challenge, ChallengeEntry
from hanse.growth.comarketing.models import JointProject, JointProof
from hanse.growth.content.models import Feed, Piece
from hanse.growth.conversations.models import Conversation
from hanse.growth.deliverables.models import Deliverable
from hanse.growth.demarcation.models import TypeRule, TypeSuggestion
from hanse.growth.faq.models import FaqEntry
from hanse.growth.firstwins.models import FirstWin
from hanse.growth.incidents.models import Incident
from hanse.growth.invitations.models import Invitation
from hanse.growth.kits.models import Kit
from hanse.growth.launch.models import Pilot
from hanse.growth.meetings.models import Meeting
from hanse.growth.mentions.models import Answer, Candidate
from hanse.growth.negotiations.models import Proposal
from hanse.growth.newsletters.models import Newsletter
from hanse.growth.onboarding.models import Onboarding, OwnerTask
from hanse.growth.prompts.models import Example, Prompt
from hanse.growth.prospects.models import LetterTemplate, Prospect
from hanse.growth.recruiting.models import Application, ApprovalRule
from hanse.growth.resources.files.models import StoredFile
from hanse.growth.resources.models import Resource
from hanse.growth.roadmap.models import EmbargoAcceptance, Preview, PreviewSight
from hanse.growth.sends.models import Send
from hanse.growth.sequences.models import Sequence
from hanse.growth.sharing.models import SharingCustomer
from hanse.growth.silence.models import Silence
from hanse.growth.surveys.models import LogDoor
from hanse.growth.templates.models import MessageTemplate
from hanse.growth.tiers.models import TierDecision, TierReview, TierStanding
from hanse.growth.training.models import Lesson, LessonProgress
from hanse.insight.events.models import PartnerEvent
from hanse.kernel.errors import Invalid, NotFound, Problem
from hanse.kernel.ids import parse_id
from hanse.money.benefits.models import Benefit
from hanse.money.commissions.models import Commission
from hanse.money.payouts.models import Payout, PayoutRun
from hanse.money.statements.models import Invoice, IssuedStatement
from hanse.people.access.models import ApiKey
from hanse.people.partners.models import Partner
from hanse.programs.domains.models import Domain
from hanse.programs.enrolments.models import Agreement, Enrolment
from hanse.programs.offers.models import Offer
from hanse.programs.programs.models import Goal, Program
from hanse.programs.terms.models import Terms
from hanse.programs.tiers.models import Tier
from hanse.spine.parked.models import ParkedFact
from hanse.traffic.clicks.models import Click
from hanse.traffic.conversions.models import Conversion, Refund
from hanse.traffic.coupons.models import Coupon
from hanse.traffic.customers.models import Customer, KnownCustomer
from hanse.traffic.deals.models import Deal, DealRoute
from hanse.traffic.links.models import Link
from hanse.traffic.pricelists.models import PriceList
from hanse.traffic.resale.models import CustomerContact, ResaleOrder

Row = TypeVar("Row", bound=Model)

PROGRAM_OF: Mapping[type[Model], str] = {
    Conversation: "program_id", Meeting: "program_id",
    Domain: "program_id",
    Program: "pk", Goal: "program_id", Offer: "program_id", Tier: "program_id", Terms: "program_id",
    Enrolment: "program_id", Agreement: "enrolment__program_id", Proposal: "enrolment__program_id",
    Link: "enrolment__program_id", Coupon: "program_id",
    Application: "program_id", ApiKey: "program_id", Click: "program_id", Conversion: "program_id",
    Customer: "program_id", Refund: "program_id", Commission: "program_id", PayoutRun: "program_id",
    Deal: "program_id", KnownCustomer: "program_id",
    Payout: "run__program_id", IssuedStatement: "program_id", Invoice: "program_id", Benefit: "program_id",
     ParkedFact: "program_id", Candidate: "program_id",
    Prospect: "program_id", LetterTemplate: "program_id",
    TypeRule: "program_id", TypeSuggestion: "program_id", Challenge: "program_id",
    JointProject: "program_id", JointProof: "project__program_id",
    ChallengeEntry: "challenge__program_id", PriceList: "program_id", ResaleOrder: "program_id",
    CustomerContact: "program_id", DealRoute: "program_id", Deliverable: "program_id",
    Kit: "program_id", Prompt: "program_id", Example: "program_id", UpcomingDay: "program_id",
    StoredFile: "program_id", Feed: "program_id", Piece: "program_id",
    Onboarding: "program_id", OwnerTask: "program_id", FirstWin: "program_id", Pilot: "program_id",
    TierStanding: "program_id", TierDecision: "program_id", TierReview: "program_id",
    Silence: "program_id", PartnerEvent: "program_id", SharingCustomer: "program_id",
    Resource: "program_id", FaqEntry: "program_id",
    MessageTemplate: "program_id", Audience: "program_id", Incident: "program_id",
    Budget: "program_id", Overrun: "program_id",
    Sequence: "program_id", Newsletter: "program_id", Send: "program_id",
    Lesson: "program_id", LessonProgress: "lesson__program_id", Preview: "program_id",
    EmbargoAcceptance: "preview__program_id", PreviewSight: "preview__program_id",
    ApprovalRule: "program_id", Invitation: "program_id", Answer: "program_id", LogDoor: "program_id",
}  # fmt: skip
KINDS: Mapping[type[Model], tuple[str, str]] = {
    Conversation: ("cvs", "conversation"), Meeting: ("mtg", "meeting"),
    Domain: ("dom", "domain"),
    Program: ("prg", "program"), Goal: ("gol", "goal"), Offer: ("off", "offer"), Tier: ("tie", "tier"),
    Terms: ("trm", "terms"), Partner: ("prt", "partner"), Enrolment: ("enr", "enrolment"),
    Agreement: ("agr", "agreement"), Proposal: ("prp", "proposal"), Link: ("lnk", "link"), Coupon: ("cpn", "coupon"),
    Application: ("app", "application"), ApiKey: ("key", "key"), Conversion: ("cnv", "conversion"),
    Customer: ("cus", "customer"), Refund: ("rfd", "refund"), Commission: ("com", "commission"),
    Deal: ("dea", "deal"), KnownCustomer: ("kno", "known customer"),
    PayoutRun: ("run", "payout run"), IssuedStatement: ("stm", "statement"), Invoice: ("inv", "invoice"),
    Benefit: ("bnf", "benefit"), Payout: ("pay", "payout"), ParkedFact: ("fct", "parked fact"),
    Lesson: ("les", "lesson"), Preview: ("prv", "preview"),
    ApprovalRule: ("rul", "rule"), Invitation: ("ivt", "invitation"), Answer: ("ans", "answer"),
    LogDoor: ("ldr", "log door"),
    TypeRule: ("tyr", "type rule"), TypeSuggestion: ("tys", "type suggestion"), Challenge: ("chl", "challenge"),
    ChallengeEntry: ("che", "challenge entry"), PriceList: ("pls", "price list"),
    ResaleOrder: ("rso", "resale order"), CustomerContact: ("agc", "customer contact"),
    DealRoute: ("rte", "deal route"), Deliverable: ("dlv", "deliverable"),
    Kit: ("kit", "kit"), Prompt: ("pmt", "prompt"), Example: ("exa", "example"), UpcomingDay: ("day", "upcoming day"),
    StoredFile: ("fil", "file"), Feed: ("fed", "feed"), Piece: ("pce", "piece"),
    JointProject: ("jnt", "joint project"), JointProof: ("jnp", "proof"),
    Budget: ("bud", "budget"), Overrun: ("ovr", "overrun"),
    OwnerTask: ("tsk", "task"), FirstWin: ("fwn", "first win"), Pilot: ("plt", "pilot"),
    TierReview: ("trw", "tier review"),
    Resource: ("res", "resource"), FaqEntry: ("faq", "answer"),
    MessageTemplate: ("msg", "message"), Audience: ("aud", "audience"), Incident: ("ict", "incident"),
    Sequence: ("seq", "sequence"), Newsletter: ("nws", "newsletter"), Send: ("snd", "send"),
    Candidate: ("cnd", "candidate"), Prospect: ("pst", "prospect"), LetterTemplate: ("ltr", "letter"),
}  # fmt: skip


def reach(key: ApiKey, model: type[Row]) -> QuerySet[Row]:
    """Return the rows of a kind that a key may know of."""
    rows = model._default_manager.all()
    if key.program_id is None:
        return rows
    if model is Partner:
        enrolled = Enrolment.objects.filter(partner_id=OuterRef("pk"), program_id=key.program_id)
        return rows.filter(Exists(enrolled))
    return rows.filter(**{PROGRAM_OF[model]: key.program_id})


def find(key: ApiKey, model: type[Row], text: str, *with_: str) -> Row:
    """Return one row by the id in a path. Raises NotFound for what is not there, out of reach or no id at all."""
    prefix, name = KINDS[model]
    try:
        row = reach(key, model).select_related(*with_).filter(pk=parse_id(prefix, text)).first()
    except Invalid:
        row = None
    if row is None:
        raise NotFound(name)
    return row


def refer(key: ApiKey, model: type[Row], text: str, pointer: str, *with_: str) -> Row:
    """Return one row by an id inside a body or query. Raises Invalid with its pointer where `find` says not found."""
    try:
        return find(key, model, text, *with_)
    except NotFound as error:
        raise Invalid([Problem(pointer, str(error), "not_found")]) from error


def refer_all(key: ApiKey, model: type[Row], texts: Mapping[str, str]) -> dict[str, Row]:
    """Return many rows named inside a body (pointer → id) by their texts, in one query, enrolments with partners.

    Raises Invalid with the pointers of those that `find` would not find.
    """
    ids: dict[str, UUID] = {}
    for text in set(texts.values()):
        with suppress(Invalid):
            ids[text] = parse_id(KINDS[model][0], text)
    rows = reach(key, model).filter(pk__in=set(ids.values()))
    with_ = {Enrolment: "partner", Offer: "program"}.get(model)
    by_id = {row.pk: row for row in (rows.select_related(with_) if with_ else rows)}
    found = {text: by_id[row_id] for text, row_id in ids.items() if row_id in by_id}
    message = str(NotFound(KINDS[model][1]))
    lost = [Problem(pointer, message, "not_found") for pointer, text in texts.items() if text not in found]
    if lost:
        raise Invalid(lost[:50])
    return found


def narrow(key: ApiKey, rows: QuerySet[Row], filters: Mapping[str, tuple[type[Model], str | None]]) -> QuerySet[Row]:
    """Filter rows by ids given in the query: column → (kind, text). Raises Invalid for ids that lead nowhere."""
    chosen: dict[str, Any] = {
        column: refer(key, model, text, f"/query/{KINDS[model][1].replace(' ', '_')}").pk
        for column, (model, text) in filters.items()
        if text
    }
    return rows.filter(**chosen) if chosen else rows


def own_program(key: ApiKey, text: str | None, pointer: str = "/program") -> Program:
    """Return the program that is named, or else the only one that the key reaches. Raises Invalid for none or many."""
    if text:
        return refer(key, Program, text, pointer)
    programs = list(reach(key, Program).filter(archived_at=None)[:2])
    if len(programs) != 1:
        raise Invalid([Problem(pointer, _("Name the program: this key reaches more than one, or none."), "required")])
    return programs[0]


def within(rows: QuerySet[Row], since: datetime | None, until: datetime | None) -> QuerySet[Row]:
    """Keep the rows that occurred in a half-open span."""
    rows = rows.filter(occurred_at__gte=since) if since else rows
    return rows.filter(occurred_at__lt=until) if until else rows


def find_own_partner(key: ApiKey, text: str) -> Partner:
    """Return a partner whom a key may change. Raises NotAllowed for one who is also in programs out of its reach."""
    partner = find(key, Partner, text)
    enrolments = Enrolment.objects.filter(partner_id=partner.pk)
    if key.program_id is not None and enrolments.exclude(program_id=key.program_id).exists():
        raise NotAllowed(_("This partner is also in programs that this key does not reach."))
    return partner
