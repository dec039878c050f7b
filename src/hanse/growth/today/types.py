"""What Today says, as values: the faces turn them into sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Kind(StrEnum):
    """What sort of thing waits for a person."""

    FAULT = "fault"
    CASE = "case"
    FACTS_CONFLICT = "facts_conflict"
    FACTS_FAILED = "facts_failed"
    PAYOUTS_BACK = "payouts_back"
    RUN_TO_APPROVE = "run_to_approve"
    RUN_TO_OPEN = "run_to_open"
    RUN_TO_READ_BACK = "run_to_read_back"
    APPROVALS = "approvals"
    BUDGET_ASKED = "budget_asked"
    INCIDENT = "incident"
    URGENT_QUESTION = "urgent_question"
    CLAIMS = "claims"
    QUESTIONS = "questions"
    PROPOSAL = "proposal"
    BUDGET = "budget"
    BENEFITS_LATE = "benefits_late"
    DEAL_CLASHES = "deal_clashes"
    DEALS = "deals"
    CHALLENGE_ENTRIES = "challenge_entries"
    JOINT_ASKED = "joint_asked"
    JOINT_PROOF = "joint_proof"
    DELIVERABLES_TO_ANSWER = "deliverables_to_answer"
    RESALE_REPORTED = "resale_reported"
    APPLICATIONS = "applications"
    FIRST_SALE = "first_sale"
    PROSPECTS_DUE = "prospects_due"
    OWNER_TASK = "owner_task"
    PILOT = "pilot"
    OUR_SILENCE = "our_silence"
    SILENT = "silent"
    INCIDENT_OPEN = "incident_open"
    TIER_REVIEWS = "tier_reviews"
    PROMISES_OVERDUE = "promises_overdue"
    DELIVERABLES_LATE = "deliverables_late"
    JOINT_RESULT = "joint_result"
    JOINT_QUIET = "joint_quiet"
    TYPE_CHANGES = "type_changes"
    EMBARGO_ENDS = "embargo_ends"
    PROTECTION_ENDS = "protection_ends"
    NEVER_CLICKED = "never_clicked"
    SILENT_MORE = "silent_more"
    OUR_SILENCE_MORE = "our_silence_more"
    MEETING_TO_NOTE = "meeting_to_note"
    RECORDING_MISSING = "recording_missing"
    OCCASION = "occasion"
    TIPS = "tips"
    NEAR_MILESTONE = "near_milestone"
    FEEDS_OFF = "feeds_off"
    PIECES_TO_REFRESH = "pieces_to_refresh"
    WORTH_A_TALK = "worth_a_talk"
    INVITATIONS_QUIET = "invitations_quiet"
    FACTS_WAITING = "facts_waiting"


class Theme(StrEnum):
    """What a thing to do is about; what can wait a little is shown by it."""

    MONEY = "money"
    ANSWERS = "answers"
    NEWCOMERS = "newcomers"
    TALK = "talk"
    UPKEEP = "upkeep"


@dataclass(frozen=True, slots=True)
class Named:
    """A partner who is named in a thing to do, with the amount that concerns them."""

    partner_id: UUID
    name: str
    amount_minor: int = 0
    email: str = ""


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing to do. `key` stays the same for as long as it is the same thing, so that it can be put off."""

    key: str
    kind: Kind
    count: int
    amount_minor: int = 0
    since: datetime | None = None
    about: UUID | None = None
    named: Sequence[Named] = ()
    detail: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_money_at_risk(self) -> bool:
        """Whether money is at risk or lost while it waits."""
        return self.kind in (Kind.FAULT, Kind.CASE, Kind.FACTS_CONFLICT, Kind.FACTS_FAILED)


@dataclass(frozen=True, slots=True)
class ToDo:
    """The ranked list, and how many things were put off."""

    things: Sequence[Thing]
    snoozed: Sequence[Thing]

    @property
    def at_risk_minor(self) -> int:
        """How much money is at risk in all of them."""
        return sum(thing.amount_minor for thing in self.things if thing.is_money_at_risk)

    @property
    def at_risk_count(self) -> int:
        """In how many of them money is at risk."""
        return sum(1 for thing in self.things if thing.is_money_at_risk and thing.amount_minor)


@dataclass(frozen=True, slots=True)
class Agenda:
    """About half an hour of things to do now, and those that can wait, by theme; each in the order of the list."""

    now: Sequence[Thing]
    later: Mapping[Theme, Sequence[Thing]]

    @property
    def later_count(self) -> int:
        """How many can wait."""
        return sum(map(len, self.later.values()))


@dataclass(frozen=True, slots=True)
class Coming:
    """Something dated that is near: terms that start, a coupon that ends, holds that end."""

    kind: str
    on: datetime
    name: str = ""
    amount_minor: int = 0
    count: int = 0


@dataclass(frozen=True, slots=True)
class Done:
    """Something a colleague did today."""

    at: datetime
    verb: str
    subject_kind: str
    subject_id: str
    name: str
    actor: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class NavCounts:
    """What the side nav counts for one program."""

    today: int
    partners: int
    applications: int
