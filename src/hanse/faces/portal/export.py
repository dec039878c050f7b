"""Everything that is kept about one partner, as plain values for a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from hanse.faces.portal.accounts import shown_account
from hanse.faces.portal.scope import Scope
from hanse.faces.portal.seat import Seat
from hanse.growth.reach.queries import choices_of
from hanse.growth.sends.queries import letters_to
from hanse.growth.tiers.queries import decisions_of
from hanse.kernel import clock
from hanse.people.access.queries import partner_people
from hanse.people.partners.models import Partner
from hanse.people.partners.tax import tax_profile

_PARTNER = (
    "name", "contact_name", "email", "phone", "company", "website", "channels", "country", "language", "time_zone",
    "types", "source", "created_at",
)  # fmt: skip
_LINK = (
    "number", "slug", "destination_url", "label", "initiative", "created_at", "copied_at", "expires_at", "archived_at",
)  # fmt: skip
_CODE = ("code", "description", "starts_at", "ends_at", "created_at", "archived_at")
_AGREEMENT = ("terms__number", "terms__body", "body_hash", "accepted_by", "accepted_at")
_COMMISSION = (
    "id", "conversion__external_id", "conversion__goal__key", "share_ppm", "value_minor", "earned_minor", "owed_minor",
    "currency", "explanation", "occurred_at", "held_until", "approved_at", "paid_at", "voided_at", "void_reason",
)  # fmt: skip
_PAYOUT = ("run__number", "amount_minor", "currency", "state", "reference", "opened_at", "settled_at", "failed_at")
_CLAIM = ("external_id", "note", "status", "made_at", "answer", "answered_at")
_STATEMENT = ("number", "month", "paid_minor", "closing_payable_minor", "currency", "issued_at")
_INVOICE = ("name", "kind", "month", "net_minor", "vat_minor", "gross_minor", "currency", "issued_on")
_DEAL = (
    "customer_label", "customer_external_id", "company_domain", "country", "status", "amount_minor", "currency", "note",
    "registered_at", "protected_until", "decision_reason",
)  # fmt: skip
_RESALE = (
    "external_id", "status", "ordered_on", "customer_label", "list_minor", "partner_minor", "currency", "note",
    "decision_reason",
)  # fmt: skip
_CUSTOMER = ("customer_label", "customer_external_id", "company_domain", "contact_name", "since_on", "until_on")
_ENTRY = (
    "challenge__name", "state", "amount", "reached_on", "proof_link", "proof_text", "proof_at", "reason", "prize_minor",
)  # fmt: skip
_WORK = (
    "title", "sort", "brief", "channel", "due_on", "live_on", "fee_minor", "currency", "usage", "usage_where",
    "usage_until", "disclosure", "state", "state_at", "live_address", "reason", "created_at",
)  # fmt: skip
_JOINT = (
    "kind", "title", "text", "happens_on", "state", "our_cost_ppm", "our_leads_ppm", "created_at", "agreed_at",
    "ended_at", "reason", "leads", "partner_leads", "total_minor", "partner_minor", "settled_minor", "result_note",
)  # fmt: skip
_LESSON = ("lesson__key", "number", "begun_at", "tries", "right", "done_at", "way")
_EMBARGO = ("preview__teaser", "text", "until", "accepted_at", "by", "version_digest")
_SEEN = ("preview__teaser", "number", "by", "first_at", "last_at", "times")
_USE = ("resource__current__title", "version__number", "act", "first_at", "last_at", "times")
_KIT = ("kit__name", "link__slug", "coupon__code", "taken_at", "steps_done", "finished_at", "published_at", "address")
_EXAMPLE = ("piece__address", "why", "state", "shown_name", "shows_numbers", "asked_at", "answered_at", "ended_at")
_PIECE = ("title", "address", "channel", "source", "published_at", "links", "clicks", "sales", "value_minor")
_FEED = ("address", "kind", "title", "added_at", "added_by", "looked_at", "problem", "off_at")
_TIER = ("at", "kind", "before", "after", "numbers", "sentence")
_SAID = ("conversation__subject", "direction", "channel", "author_name", "author_email", "text", "at")
_INVITED = ("meeting__title", "meeting__starts_at", "answer", "answered_at", "was_there")
_TIP = ("title", "text", "shown_name", "offered_at", "published_at", "withdrawn_at")
_LETTER = ("kind", "subject", "text", "queued_at", "delivered_at", "opened_at", "clicked_at", "replied_at")
_BENEFIT = ("name", "starts_at", "ends_at", "worth_minor", "currency", "delivered_on", "note")


def everything_about(seat: Seat) -> dict[str, Any]:
    """Return it all: the partner, their people, and each program with links, codes, commissions and payouts.

    A manager who looks over the partner's shoulder sees no more of the account than the pages show.
    """
    details = seat.scope.payout_details()
    people = partner_people(seat.partner.pk)
    return {
        "exported_at": clock.now(),
        "partner": _values(seat.partner),
        "people": _rows(people, ("email", "name", "language", "time_zone", "created_at", "last_login")),
        "payout_details": {
            "rail": details.rail, "account_name": details.account_name, "bic": details.bic,
            "account": shown_account(details) if seat.is_viewed else details.account,
            "changed_at": details.changed_at,
        } if details else None,
        "tax": _tax(seat),
        "letter_choices": choices_of(seat.partner.pk),
        "programs": [
            {
                "program": enrolment.program.name, "slug": enrolment.program.slug, "status": enrolment.status,
                "tier": enrolment.tier.name if enrolment.tier else None, "enrolled_at": enrolment.enrolled_at,
                "tier_decisions": _rows(decisions_of(enrolment.pk), _TIER),
                "letters": _rows(letters_to([enrolment.pk]), _LETTER),
                **_in_program(Scope(seat.scope.partner_id, enrolment.pk, enrolment.program_id)),
            }
            for enrolment in seat.enrolments
        ],
    }  # fmt: skip


def _tax(seat: Seat) -> dict[str, Any] | None:
    row = tax_profile(seat.partner)
    if row is None:
        return None
    left_out = {"partner", "changed_at"} | ({"born_on"} if seat.is_viewed else set())
    values = {one.name: getattr(row, one.name) for one in row._meta.fields if one.name not in left_out}
    if seat.is_viewed and row.tax_number:
        values["tax_number"] = f"…{row.tax_number[-4:]}"
    return values


def _in_program(scope: Scope) -> Mapping[str, Any]:
    return {
        "links": _rows(scope.links().order_by("number"), _LINK),
        "codes": _rows(scope.coupons().order_by("created_at"), _CODE),
        "agreements": _rows(scope.agreements().order_by("accepted_at"), _AGREEMENT),
        "commissions": _rows(scope.commissions().order_by("occurred_at", "id"), _COMMISSION),
        "payouts": _rows(scope.payouts().order_by("opened_at"), _PAYOUT),
        "statements": _rows(scope.statements().order_by("month"), _STATEMENT),
        "invoices": _rows(scope.invoices().order_by("number"), _INVOICE),
        "benefits": _rows(scope.benefits(), _BENEFIT),
        "claims": _rows(scope.claims().order_by("made_at"), _CLAIM),
        "deals": _rows(scope.deals().order_by("registered_at"), _DEAL),
        "resale_orders": _rows(scope.resale_orders(), _RESALE),
        "customers_looked_after": _rows(scope.customers_looked_after(), _CUSTOMER),
        "challenges": _rows(scope.challenge_entries(), _ENTRY),
        "deliverables": _rows(scope.deliverables(), _WORK),
        "drafts": _rows(scope.drafts(), ("deliverable__title", "number", "text", "link", "file__name", "sent_at")),
        "work_comments": _rows(scope.work_comments(), ("deliverable__title", "side", "what", "text", "at")),
        "lessons": _rows(scope.lessons_begun().order_by("begun_at"), _LESSON),
        "embargoes": _rows(scope.embargoes_accepted().order_by("accepted_at"), _EMBARGO),
        "previews_seen": _rows(scope.previews_seen().order_by("first_at"), _SEEN),
        "library": _rows(scope.resource_uses().order_by("first_at"), _USE),
        "answers_judged": _rows(scope.votes_on_answers().order_by("at"), ("entry__question", "has_helped", "at")),
        "joint_projects": _rows(scope.joint_projects(), _JOINT),
        "pieces": _rows(scope.pieces(), _PIECE),
        "feeds": _rows(scope.feeds(), _FEED),
        "kits": _rows(scope.kits_used(), _KIT),
        "prompts": _rows(scope.prompts_told(), ("prompt__title", "told_at")),
        "examples": _rows(scope.examples(), _EXAMPLE),
        "messages": _rows(scope.said(), _SAID),
        "invitations": _rows(scope.invitations().order_by("meeting__starts_at"), _INVITED),
        "thanks": _rows(scope.thanks().order_by("given_at"), ("kind", "text", "gift", "given_at")),
        "tips": _rows(scope.tips().order_by("offered_at"), _TIP),
        "clicks": scope.clicks().filter(reason="").count(),
    }


def _rows(rows: QuerySet[Any], fields: tuple[str, ...]) -> list[dict[str, Any]]:
    return list(rows.values(*fields))


def _values(partner: Partner) -> dict[str, Any]:
    return {field: getattr(partner, field) for field in _PARTNER}
