"""One row of every kind in one program, and the ids by which the API's paths name them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hanse.growth.audiences.actions import keep_audience
from hanse.growth.budgets.models import Budget, Overrun
from hanse.growth.care.actions import add_day, promise
from hanse.growth.challenges.models import Challenge, ChallengeEntry
from hanse.growth.comarketing.actions import agree_project, ask_project
from hanse.growth.comarketing.proving import send_proof as send_joint_proof
from hanse.growth.comarketing.types import CostLine
from hanse.growth.content.actions import note_piece
from hanse.growth.content.models import Feed
from hanse.growth.conversations.actions import ask_us
from hanse.growth.conversations.models import OwnSilence
from hanse.growth.deliverables.actions import ask_for
from hanse.growth.deliverables.working import send_draft
from hanse.growth.demarcation.models import TypeRule, TypeSuggestion
from hanse.growth.faq.actions import Said, keep_entry
from hanse.growth.firstwins.models import FirstWin
from hanse.growth.incidents.actions import note_incident
from hanse.growth.incidents.models import Touched
from hanse.growth.invitations.actions import invite
from hanse.growth.invitations.models import Invitation
from hanse.growth.invitations.types import NewInvitation
from hanse.growth.kits.actions import keep_kit
from hanse.growth.kits.types import CopyIn
from hanse.growth.launch.models import Pilot
from hanse.growth.meetings.actions import plan_meeting
from hanse.growth.meetings.seating import set_session, take_seat
from hanse.growth.mentions.models import Answer, Candidate
from hanse.growth.negotiations.actions import Offered, propose
from hanse.growth.newsletters.actions import keep_newsletter
from hanse.growth.onboarding.models import Onboarding, OwnerTask
from hanse.growth.onboarding.settling import settle_onboardings
from hanse.growth.prompts.actions import keep_prompt
from hanse.growth.prompts.examples import ask_consent
from hanse.growth.prospects.actions import add_prospect
from hanse.growth.prospects.letters import keep_template
from hanse.growth.recruiting.automatic import add_rule
from hanse.growth.recruiting.models import Application
from hanse.growth.resources import actions as library
from hanse.growth.resources.actions import keep_file
from hanse.growth.resources.content import Content
from hanse.growth.roadmap.actions import accept_embargo, keep_preview, note_sight, publish_preview
from hanse.growth.sends.actions import send_note
from hanse.growth.sequences.actions import keep_sequence
from hanse.growth.sharing.actions import join_by_sharing, offer_sharing
from hanse.growth.sharing.types import Buyer, Wanted
from hanse.growth.silence.models import Silence, SilentSpell
from hanse.growth.surveys.actions import ask_question, make_door
from hanse.growth.templates.actions import keep_message
from hanse.growth.tiers.models import TierDecision, TierReview, TierStanding
from hanse.growth.training.actions import keep_lesson, publish_lesson
from hanse.growth.training.completing import begin_lesson
from hanse.insight.events.actions import take_events
from hanse.insight.events.types import GivenEvent
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.money.benefits.models import Benefit
from hanse.money.commissions.models import Commission
from hanse.money.payouts.models import Payout, PayoutRun
from hanse.money.payouts.statements import statement
from hanse.money.statements.content import parties_of, statement_content
from hanse.money.statements.models import Consent, Invoice, IssuedStatement
from hanse.money.statements.rules import month_span
from hanse.people.access.actions import create_key
from hanse.people.access.models import TeamUser
from hanse.programs.domains.models import Domain
from hanse.programs.enrolments.actions import accept_terms
from hanse.programs.offers.models import Offer
from hanse.programs.programs.models import Goal, Program
from hanse.programs.rates.models import ExchangeRate
from hanse.programs.terms.models import Terms
from hanse.programs.tiers.models import Tier
from hanse.spine.doors.actions import publish_link
from hanse.spine.doors.types import LinkRow
from hanse.spine.parked.models import ParkedFact
from hanse.traffic.clicks.models import Click
from hanse.traffic.conversions.models import Conversion, Refund
from hanse.traffic.customers.lists import Listed, list_customers
from hanse.traffic.customers.models import KnownCustomer
from hanse.traffic.deals.actions import register_deal
from hanse.traffic.deals.routing import keep_route
from hanse.traffic.pricelists.actions import create_price_list, publish_prices
from hanse.traffic.resale.actions import record_resale
from hanse.traffic.resale.contacts import make_contact
from tests import make

_LABELS = (
    "title", "number", "issued", "period", "supplier", "customer", "vat_id", "tax_number", "nature", "net", "rate",
    "vat", "gross", "total", "page", "original",
)  # fmt: skip
NOTHING_YET: dict[str, list[Any]] = {"steps": [], "changes": []}


def beginnings_in(program: Program, name: str) -> dict[str, str]:
    """Make what nearly everything refers to, in a tenth of the time: a partner who has joined, an offer, terms."""
    enrolment, offer = make.enrolment(make.partner(name), program), make.offer(program)
    make.link(enrolment, offer)
    make.coupon(enrolment, f"{name.upper()}10")
    make.terms(program)
    application, domain = _application(program, name), _domain(program, name)
    return {
        "program_id": text_id("prg", program.pk), "partner_id": text_id("prt", enrolment.partner_id),
        "enrolment_id": text_id("enr", enrolment.pk), "offer_id": text_id("off", offer.pk),
        "application_id": text_id("app", application.pk), "domain_id": text_id("dom", domain.pk),
    }  # fmt: skip


def _application(program: Program, name: str) -> Application:
    return Application.objects.create(
        program=program, name="Cleo", email=f"cleo@{name.lower()}.example", secret=name, status="waiting",
        sent_at=make.NOON,
    )  # fmt: skip


def _domain(program: Program, name: str) -> Domain:
    return Domain.objects.create(program=program, host=f"go.{name.lower()}.example", created_at=make.NOON)


def everything_in(program: Program, name: str) -> dict[str, str]:
    """Make one row of every kind; return path parameter → text id. `name` makes outside ids differ."""
    partner = make.partner(name)
    enrolment = make.enrolment(partner, program)
    offer = make.offer(program)
    link = make.link(enrolment, offer)
    publish_link(
        LinkRow(link.number, link.slug, program.pk, link.destination_url, ("shop.example",), enrolment_id=enrolment.pk)
    )
    terms = make.terms(program)
    agreement = accept_terms(enrolment, terms, by=partner.email, at=make.NOON)
    proposal = propose(enrolment, Offered(terms.body), now=make.NOON, by="tests")
    domain = _domain(program, name)
    coupon = make.coupon(enrolment, f"{name.upper()}10")
    goal = Goal.objects.get(program=program, key="sale")
    key, _secret = create_key(name=name, scopes=["read"], program=program, now=make.NOON, by="tests")
    application = _application(program, name)
    ExchangeRate.objects.get_or_create(currency="USD", dated_on=make.NOON.date(), defaults={"set_at": make.NOON})
    rows = _facts(program, enrolment.pk, goal, name) | _money(program, enrolment, name)
    deal = register_deal(enrolment, customer_external_id=f"{name}-d", now=make.NOON, by="tests")
    list_customers(program.pk, [Listed(external_id=f"{name}-k")], now=make.NOON, by="tests")
    known = KnownCustomer.objects.get(program=program)
    click = Click.objects.create(
        id=f"{link.number:024x}", link_number=link.number, program_id=program.pk, enrolment_id=enrolment.pk,
        occurred_at=make.NOON,
    )  # fmt: skip
    candidate = Candidate.objects.create(program=program, key=name.lower(), name=name, found_at=make.NOON)
    prospect = add_prospect(program, name=name, candidate=candidate, now=make.NOON, by="tests")
    asking = _asking(program, name)
    sharing = offer_sharing(program, Wanted(is_open=True), now=make.NOON, by="tests")
    buyer = Buyer(partner.email, customer=f"{name}-s")
    join_by_sharing(sharing, buyer, source="api", is_accepted=False, is_mailed=False, now=make.NOON, by="tests")
    letter = keep_template(program, name=name, subject="S", body="{{name}}", now=make.NOON, by="tests")
    _relations(enrolment, name)
    welcome = _welcome(enrolment, name)
    asked = ask_us(enrolment, subject=name, text=name, now=make.NOON, name=name, email=partner.email)
    OwnSilence.objects.create(
        enrolment=enrolment, program_id=program.pk, quiet_since=make.NOON, limit_days=7, found_on=make.NOON.date()
    )
    meeting = plan_meeting(
        program, kind="call", title=name, starts_at=clock.now() + timedelta(days=3), minutes=30, now=clock.now(), by="t"
    )
    return {
        **_learning(enrolment, name),
        "conversation_id": text_id("cvs", asked.conversation_id), "meeting_id": text_id("mtg", meeting.pk),
        "prospect_id": text_id("pst", prospect.pk), "letter_id": text_id("ltr", letter.pk),
        "candidate_id": text_id("cnd", candidate.pk),
        "program_id": text_id("prg", program.pk), "partner_id": text_id("prt", partner.pk),
        "enrolment_id": text_id("enr", enrolment.pk), "offer_id": text_id("off", offer.pk),
        "link_id": text_id("lnk", link.pk), "terms_id": text_id("trm", terms.pk),
        "agreement_id": text_id("agr", agreement.pk), "coupon_id": text_id("cpn", coupon.pk),
        "goal_id": text_id("gol", goal.pk), "key_id": text_id("key", key.pk), "click_id": f"clk_{click.pk}",
        "application_id": text_id("app", application.pk), "deal_id": text_id("dea", deal.pk),
        "known_customer_id": text_id("kno", known.pk),
        "proposal_id": text_id("prp", proposal.pk),
        "domain_id": text_id("dom", domain.pk),
        "tier_id": text_id("tie", Tier.objects.get(program=program, key="growth").pk), **rows, **asking, **welcome,
        **_kinds(enrolment, name),
        "tier_review_id": _tier_review(enrolment), **_messages(enrolment, name),
    }  # fmt: skip


def _learning(enrolment: Any, name: str) -> dict[str, str]:
    """A lesson that was begun, a session with a seat, a preview whose embargo is accepted and that was seen."""
    program, now = enrolment.program, clock.now()
    question = {"text": "Why?", "options": ["a", "b"], "right": 0}
    lesson = keep_lesson(program, title=name, text=name, questions=[question], now=now, by="tests")
    begin_lesson(publish_lesson(lesson, now=now, by="tests"), enrolment, now=now)
    session = plan_meeting(
        program, kind="webinar", title=name, starts_at=now + timedelta(days=3), minutes=30, now=now, by="t"
    )
    take_seat(set_session(session, seats=3, now=now, by="t"), enrolment, way="api", now=now)
    preview = keep_preview(
        program, teaser="Soon", title=name, text=name, embargo_until=now + timedelta(days=9), embargo_text="Hush.",
        words=[f"{name} lamp"], now=now, by="tests",
    )  # fmt: skip
    publish_preview(preview, now=now, by="tests")
    accept_embargo(preview, enrolment, digest=preview.embargo_digest, now=now, by=name)
    note_sight(preview, enrolment, number=1, now=now, by=name)
    return {
        "lesson_id": text_id("les", lesson.pk), "session_id": text_id("mtg", session.pk),
        "preview_id": text_id("prv", preview.pk),
    }  # fmt: skip


def _kinds(enrolment: Any, name: str) -> dict[str, str]:
    """A rule between types and its suggestion, a challenge with proof, a price list, a resale order, a contact."""
    program, day = enrolment.program, make.NOON.date()
    rule = TypeRule.objects.create(
        program=program, name=name, drops="affiliate", condition={"field": "partner.country", "op": "exists"},
        created_at=make.NOON, created_by="tests", changed_at=make.NOON,
    )  # fmt: skip
    suggestion = TypeSuggestion.objects.create(
        program=program, rule=rule, enrolment=enrolment, partner=enrolment.partner, drops="affiliate", evidence=[],
        state="open", found_at=make.NOON,
    )  # fmt: skip
    challenge = Challenge.objects.create(
        program=program, name=name, metric="proof", starts_on=day, ends_on=day + timedelta(days=365), prize_minor=500,
        currency=program.currency, created_at=make.NOON, created_by="tests", opened_at=make.NOON,
    )  # fmt: skip
    entry = ChallengeEntry.objects.create(
        challenge=challenge, enrolment=enrolment, state="waiting", amount=1, proof_text=name, created_at=make.NOON
    )
    prices = create_price_list(program, name=name, now=make.NOON, by="tests")
    publish_prices(prices, [{"sku": "A", "list": 10, "partner": 7}], valid_from=day, now=make.NOON, by="tests")
    order = record_resale(
        enrolment, external_id=f"{name}-r", ordered_on=day, lines=[("A", 1)], customer_external_id=f"{name}-c",
        is_confirmed=False, now=make.NOON, by="tests",
    )  # fmt: skip
    contact = make_contact(enrolment, customer_external_id=f"{name}-c", since_on=day, now=make.NOON, by="tests")
    colleague, _made = TeamUser.objects.get_or_create(
        email="deals@team.example", defaults={"role": "manager", "created_at": make.NOON}
    )
    work = ask_for(enrolment, title=name, brief="A film.", due_on=day, now=make.NOON, by="tests")
    send_draft(work, text=name, now=make.NOON, by="tests")
    route = keep_route(program, name=name, condition=None, owner=colleague, now=make.NOON, by="tests")
    return {
        "type_rule_id": text_id("tyr", rule.pk), "type_suggestion_id": text_id("tys", suggestion.pk),
        "challenge_id": text_id("chl", challenge.pk), "challenge_entry_id": text_id("che", entry.pk),
        "price_list_id": text_id("pls", prices.pk), "resale_order_id": text_id("rso", order.pk),
        **_budgets(program, name),
        "deliverable_id": text_id("dlv", work.pk), **_kits(enrolment, name),
        **_content(enrolment, name), **_together(enrolment, name), **_library(program, name),
        "customer_contact_id": text_id("agc", contact.pk), "deal_route_id": text_id("rte", route.pk),
    }  # fmt: skip


def _budgets(program: Program, name: str) -> dict[str, str]:
    """A plan of a quarter, and an offer beyond it that waits."""
    said = {"program": program, "starts_on": make.NOON.date().replace(month=4, day=1), "currency": program.currency}
    budget = Budget.objects.create(amount_minor=10**12, created_at=make.NOON, created_by="tests", **said)
    overrun = Overrun.objects.create(
        key=name, kind="terms", title=name, amount_minor=1, over_minor=1, state="asked", asked_at=make.NOON,
        asked_by="tests", **said,
    )  # fmt: skip
    return {"budget_id": text_id("bud", budget.pk), "overrun_id": text_id("ovr", overrun.pk)}


def _kits(enrolment: Any, name: str) -> dict[str, str]:
    """A kit, a prompt, a day to come, a calendar, and a piece whose author was asked."""
    told: dict[str, Any] = {"now": make.NOON, "by": "tests"}
    offer = Offer.objects.filter(program=enrolment.program).first()
    assert offer is not None
    file = keep_file(f"{name}.txt", name.encode(), program=enrolment.program, **told)
    copies: list[CopyIn] = [{"channel": "x", "title": "", "text": f"{name} {{link}}"}]
    kit = keep_kit(enrolment.program, key=name.lower(), name=name, offer=offer, copies=copies, **told)
    day = add_day(enrolment.program, name=name, on=make.NOON.date() + timedelta(days=60), **told)
    prompt = keep_prompt(enrolment.program, kind="launch", title=name, hook=name, on=day.on, **told)
    piece = note_piece(
        enrolment, address=f"https://{name.lower()}.example/best", title=name, published_at=None, source="team", **told
    )
    example = ask_consent(piece, why=name, **told)
    return {
        "kit_id": text_id("kit", kit.pk), "prompt_id": text_id("pmt", prompt.pk),
        "upcoming_day_id": text_id("day", day.pk), "example_id": text_id("exa", example.pk),
        "stored_file_id": text_id("fil", file.pk),
    }  # fmt: skip


def _together(enrolment: Any, name: str) -> dict[str, str]:
    """A joint project that is agreed, and proof of it that waits."""
    costs: list[CostLine] = [{"name": name, "planned_minor": 500, "paid_by": "partner"}]
    project = ask_project(
        enrolment, side="partner", kind="guest_post", title=name, happens_on=make.NOON.date(), costs=costs,
        now=make.NOON, by="tests",
    )  # fmt: skip
    agree_project(project, side="us", now=make.NOON, by="tests")
    proof = send_joint_proof(project, side="partner", number=1, unit=name, now=make.NOON, by="tests")
    return {"joint_project_id": text_id("jnt", project.pk), "joint_proof_id": text_id("jnp", proof.pk)}


def _messages(enrolment: Any, name: str) -> dict[str, str]:
    """A letter, an audience and a fault that touched somebody."""
    contents = {"en": {"subject": "Hello", "body": "Hello {{ partner.first_name }}"}}
    version = keep_message(enrolment.program, name=name, kind="ideas", contents=contents, now=make.NOON, by="tests")
    audience = keep_audience(enrolment.program, name=name, condition=None, now=make.NOON, by="tests")
    span = {"starts_at": make.NOON - timedelta(days=2), "ends_at": make.NOON - timedelta(days=1)}
    incident = note_incident(
        enrolment.program, kind="tracking_down", title=name, cause="A test.", now=make.NOON, by="tests", **span
    )
    Touched.objects.create(incident=incident, enrolment=enrolment, clicks=1)
    return {
        "message_id": text_id("msg", version.template_id), "audience_id": text_id("aud", audience.pk),
        "incident_id": text_id("ict", incident.pk), **_letters(enrolment, version, audience, name),
    }  # fmt: skip


def _letters(enrolment: Any, version: Any, audience: Any, name: str) -> dict[str, str]:
    """A sequence, a newsletter and a note that waits."""
    told: dict[str, Any] = {"now": make.NOON, "by": "tests"}
    steps = [{"message": str(version.template_id)}]
    sequence = keep_sequence(enrolment.program, name=name, trigger={"kind": "enrolled"}, steps=steps, **told)
    newsletter = keep_newsletter(
        enrolment.program, name=name, subject="S", sections=[{"text": "T"}], audience=audience, **told
    )
    send_note(enrolment, subject="S", text="T", **told)
    return {"sequence_id": text_id("seq", sequence.pk), "newsletter_id": text_id("nws", newsletter.pk)}


def _tier_review(enrolment: Any) -> str:
    """A standing, a decision and a move that waits."""
    day, program = make.NOON.date(), enrolment.program
    TierStanding.objects.create(
        enrolment=enrolment, program_id=program.pk, on=day, as_of=make.NOON, tier="new", given="casual", rank=1,
        field_size=1,
    )  # fmt: skip
    TierDecision.objects.create(program=program, enrolment=enrolment, on=day, at=make.NOON, kind="placed", after="new")
    promise(enrolment.tier, "call", 30, now=make.NOON, by="tests")
    review = TierReview.objects.create(
        program=program, enrolment=enrolment, before="new", after="casual", direction="up", cause="review",
        asked_at=make.NOON,
    )  # fmt: skip
    return text_id("trw", review.pk)


def _relations(enrolment: Any, name: str) -> None:
    """A silence, its spell and an event."""
    day = make.NOON.date()
    Silence.objects.create(
        enrolment=enrolment, program=enrolment.program, cause="link_cold", since=day, last_sign_on=day, found_on=day
    )
    SilentSpell.objects.create(
        enrolment=enrolment, program=enrolment.program, cause="link_cold", found_on=day, gap_days=3
    )
    given = GivenEvent(enrolment.pk, "piece", f"{name}-p", make.NOON, {})
    take_events(enrolment.program, [given], now=make.NOON)


def _welcome(enrolment: Any, name: str) -> dict[str, str]:
    """An onboarding with a task, a note about a first sale, and a pilot."""
    day = make.NOON.date()
    settle_onboardings(make.NOON, 100)
    row = Onboarding.objects.get(pk=enrolment.pk)
    task = OwnerTask.objects.create(
        program=enrolment.program, onboarding=row, key="hello", title=name, due_on=day, created_at=make.NOON
    )
    win = FirstWin.objects.create(
        program=enrolment.program, enrolment=enrolment, commission_id=enrolment.pk, sold_at=make.NOON, language="en",
        subject=name, body=name, drafted_at=make.NOON,
    )  # fmt: skip
    pilot = Pilot.objects.create(
        program=enrolment.program, name=name, size=2, aim_days=5, starts_on=day, ends_on=day, created_at=make.NOON
    )
    return {
        "task_id": text_id("tsk", task.pk), "first_win_id": text_id("fwn", win.pk),
        "pilot_id": text_id("plt", pilot.pk),
    }  # fmt: skip


def _asking(program: Program, name: str) -> dict[str, str]:
    """An answer, a question, an address of the log form, a rule and an invitation."""
    person = f"{name.lower()}@invited.example"
    Answer.objects.create(
        program=program, digest=name, source="survey", text=name, status="read", named_at=make.NOON,
        taken_at=make.NOON,
    )  # fmt: skip
    ask_question(program, text="Whom do you follow?", now=make.NOON, by="tests")
    door = make_door(program, team=name, source="support", now=make.NOON, by="tests")
    condition = {"field": "applicant.is_invited", "op": "eq", "value": True}
    rule = add_rule(program, name=name, condition=condition, now=make.NOON, by="tests")
    invite(program, [NewInvitation(person)], now=make.NOON, by="tests")
    invitation = Invitation.objects.get(program=program)
    return {
        "log_door_id": text_id("ldr", door.pk), "rule_id": text_id("rul", rule.pk),
        "invitation_id": text_id("ivt", invitation.pk),
    }  # fmt: skip


def _facts(program: Program, enrolment_id: Any, goal: Goal, name: str) -> dict[str, str]:
    common = {"occurred_at": make.NOON, "received_at": make.NOON, "source": "tests", "content_hash": "0" * 32}
    conversion = Conversion.objects.create(
        program=program, goal=goal, external_id=f"{name}-1", amount_minor=1000, currency=program.currency,
        lines=[["", "", 1, 1000]], **common,
    )  # fmt: skip
    refund = Refund.objects.create(
        conversion=conversion, program=program, external_id=f"{name}-r1", kind="refund", amount_minor=100,
        currency=program.currency, **common,
    )  # fmt: skip
    fact = ParkedFact.objects.create(
        status="waiting", source="tests", kind="refund", program_id=program.pk, external_id=f"{name}-r2",
        reason="early_refund", body={}, sequence=abs(hash(name)) % 1_000_000, occurred_at=make.NOON,
        received_at=make.NOON,
    )  # fmt: skip
    return {
        "conversion_id": text_id("cnv", conversion.pk), "refund_id": text_id("rfd", refund.pk),
        "fact_id": text_id("fct", fact.pk),
    }  # fmt: skip


def _library(program: Program, name: str) -> dict[str, str]:
    """A file, a resource that holds it, and an answer."""
    told: dict[str, Any] = {"now": make.NOON, "by": "tests"}
    file = library.keep_file(f"{name} pack.txt", f"Words of {name}".encode(), program=program, **told)
    resource = library.add_resource(program, "guide", Content(name, body="Words", file=file), **told)
    entry = keep_entry(program, "partners", Said(f"Who is {name}?", "A friend.", "People"), **told)
    return {
        "file_id": text_id("fil", file.pk), "resource_id": text_id("res", resource.pk),
        "faq_id": text_id("faq", entry.pk),
    }  # fmt: skip


def _content(enrolment: Any, name: str) -> dict[str, str]:
    """A feed that is off and a piece."""
    feed = Feed.objects.create(
        program=enrolment.program, enrolment=enrolment, address=f"http://127.0.0.1/{name}", address_key=name,
        kind="site", title=name, added_at=make.NOON, added_by="tests", next_look_at=make.NOON, off_at=make.NOON,
    )  # fmt: skip
    piece = note_piece(
        enrolment, address=f"https://pieces.example/{name}", title=name, published_at=make.NOON, source="team",
        now=make.NOON, by="tests",
    )  # fmt: skip
    return {"feed_id": text_id("fed", feed.pk), "piece_id": text_id("pce", piece.pk)}


def _money(program: Program, enrolment: Any, name: str) -> dict[str, str]:
    conversion = Conversion.objects.get(program=program)
    commission = Commission.objects.create(
        program=program, enrolment=enrolment, conversion=conversion, share_ppm=1_000_000, value_minor=1000,
        earned_minor=200, owed_minor=180, currency=program.currency, explanation=NOTHING_YET, occurred_at=make.NOON,
        accrued_at=make.NOON, held_until=make.NOON + timedelta(days=30),
    )  # fmt: skip
    run = PayoutRun.objects.create(
        program=program, number=f"{name}-1", currency=program.currency, rail="manual", state="drafted",
        as_of=clock.now(), drafted_at=make.NOON,
    )  # fmt: skip
    payout = Payout.objects.create(
        run=run, partner=enrolment.partner, enrolment=enrolment, amount_minor=180, currency=program.currency,
        state="drafted",
    )  # fmt: skip
    statement = IssuedStatement.objects.create(
        program=program, enrolment=enrolment, month="2026-04", number=f"S-{name}",
        content=_paper(enrolment, "statement"),
        digest="x", closing_payable_minor=0, paid_minor=0, currency=program.currency, issued_at=make.NOON,
    )  # fmt: skip
    consent = Consent.objects.create(
        enrolment=enrolment, version="1", text_hash="x", starts_on=make.NOON.date(), accepted_by=name,
        accepted_at=make.NOON,
    )  # fmt: skip
    invoice = Invoice.objects.create(
        program=program, enrolment=enrolment, month="2026-04", number=1, name=f"I-{name}", kind="invoice",
        consent=consent, content=_paper(enrolment, "invoice"), digest="x", net_minor=0, vat_minor=0, gross_minor=0,
        currency=program.currency, issued_on=make.NOON.date(), issued_at=make.NOON,
    )  # fmt: skip
    benefit = Benefit.objects.create(
        program=program, enrolment=enrolment, terms=Terms.objects.filter(program=program).first(), clause=1,
        name="Box", starts_at=make.NOON, ends_at=make.NOON + timedelta(days=30), worth_minor=100,
        currency=program.currency,
    )  # fmt: skip
    return {
        "statement_id": text_id("stm", statement.pk), "invoice_id": text_id("inv", invoice.pk),
        "benefit_id": text_id("bnf", benefit.pk), "commission_id": text_id("com", commission.pk),
        "run_id": text_id("run", run.pk),
        "payout_id": text_id("pay", payout.pk),
    }  # fmt: skip


def _paper(enrolment: Any, kind: str) -> dict[str, Any]:
    """Return the content of an empty paper."""
    if kind == "statement":
        starts_at, ends_at = month_span("2026-04", "Europe/London")
        found = statement(enrolment, starts_at, ends_at)
        return statement_content(enrolment, found, "S", "2026-04", make.NOON, parties_of(enrolment, None, None))
    labels = dict.fromkeys(_LABELS, "")
    return {
        "kind": kind, "number": "I", "language": "en", "program": "", "labels": labels, "notes": ["Self-billing"],
        "nature": "", "parties": parties_of(enrolment, None, None), "issued_on": "2026-05-01", "from_on": "2026-04-01",
        "until_on": "2026-04-30", "rate_ppm": 0, "net_minor": 0, "vat_minor": 0, "gross_minor": 0, "currency": "GBP",
        "original": "",
    }  # fmt: skip
