"""What is known of enrolments when evidence is judged: active at a moment, an extension, and what tells that a partner
bought for themselves."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from hanse.people.access.models import TeamUser
from hanse.people.partners.models import PayoutDetails
from hanse.programs.enrolments.models import Enrolment, StatusChange
from hanse.spine.secrets.keys import hash_account, hash_email
from hanse.traffic.attribution.models import OwnCustomer, OwnDevice
from hanse.traffic.attribution.types import Subject
from hanse.traffic.conversions.models import Conversion

ACCOUNT, HOUSEHOLD = "payment_account", "household"  # metadata fields in which senders tell of the buyer


class Standing:
    """Statuses, addresses, accounts and devices of the enrolments that a batch touches, read once at each `load`."""

    def __init__(self) -> None:
        self._partners: dict[UUID, UUID] = {}
        self._programs: dict[UUID, UUID] = {}
        self._extensions: set[UUID] = set()
        self._moments: dict[UUID, list[datetime]] = {}
        self._statuses: dict[UUID, list[str]] = {}
        self._emails: dict[UUID, set[str]] = {}
        self._accounts: dict[UUID, str] = {}
        self._devices: dict[UUID, set[str]] = {}
        self._households: dict[UUID, set[str]] = {}
        self._customers: set[tuple[UUID, str]] = set()
        self._account_of_buyer: dict[str, str] = {}

    def load(self, enrolment_ids: Collection[UUID]) -> None:
        """Read what is not known yet."""
        missing = [enrolment_id for enrolment_id in enrolment_ids if enrolment_id not in self._partners]
        if not missing:
            return
        columns = ("id", "program_id", "partner_id", "partner__email_hash", "partner__is_extension")
        for id_, program_id, partner_id, email, is_extension in Enrolment.objects.filter(id__in=missing).values_list(
            *columns
        ):
            self._partners[id_], self._programs[id_] = partner_id, program_id
            self._emails.setdefault(partner_id, set()).add(email)
            if is_extension:
                self._extensions.add(id_)
        changes = StatusChange.objects.filter(enrolment_id__in=missing).order_by("at", "id")
        for id_, at, status in changes.values_list("enrolment_id", "at", "status"):
            self._moments.setdefault(id_, []).append(at)
            self._statuses.setdefault(id_, []).append(status)
        own = OwnCustomer.objects.filter(enrolment_id__in=missing)
        self._customers |= set(own.values_list("enrolment_id", "external_id"))

    def load_buyers(self, subjects: Sequence[Subject], signals: Collection[str]) -> None:
        """Read what tells own purchases, as far as the programs look at it: a few queries, whatever the number."""
        partners = set(self._partners.values())
        if not partners:
            return
        if "email" in signals and any(one.email_hash for one in subjects):
            people = TeamUser.objects.filter(partner_id__in=partners).values_list("partner_id", "email")
            for partner_id, email in people:
                if partner_id is not None:
                    self._emails.setdefault(partner_id, set()).add(hash_email(email))
        if "account" in signals:
            self._load_accounts(subjects, partners)
        if "device" in signals:
            devices = OwnDevice.objects.filter(partner_id__in=partners).values_list("partner_id", "visitor")
            for partner_id, visitor in devices:
                self._devices.setdefault(partner_id, set()).add(visitor)
        if "household" in signals and any(one.metadata.get(HOUSEHOLD) for one in subjects):
            self._load_households()

    def status_at(self, enrolment_id: UUID, at: datetime) -> str:
        """Return the enrolment's status at a moment; "" before its first."""
        place = bisect_right(self._moments.get(enrolment_id, []), at)
        return self._statuses[enrolment_id][place - 1] if place else ""

    def is_of(self, enrolment_id: UUID, program_id: UUID) -> bool:
        """Say whether the enrolment exists and belongs to the program."""
        return self._programs.get(enrolment_id) == program_id

    def is_extension(self, enrolment_id: UUID) -> bool:
        """Say whether the partner's tool sits in buyers' browsers."""
        return enrolment_id in self._extensions

    def own_signal(self, enrolment_id: UUID, subject: Subject, visitor: str, signals: Collection[str]) -> str:
        """Return what tells that the partner bought for themselves: customer, email, account, device, household, or "".

        Who is known to be this very customer is told without asking; the rest as far as the program looks at it.
        """
        if (enrolment_id, subject.customer_external_id) in self._customers:
            return "customer"
        partner_id = self._partners.get(enrolment_id)
        if partner_id is None:
            return ""
        account = self._accounts.get(partner_id, "")
        buyers = {self._account_of_buyer.get(subject.email_hash, ""), _paid_from(subject)} - {""}
        told = {
            "email": bool(subject.email_hash) and subject.email_hash in self._emails.get(partner_id, ()),
            "account": bool(account) and account in buyers,
            "device": bool({subject.visitor, visitor} & self._devices.get(partner_id, set())),
            "household": str(subject.metadata.get(HOUSEHOLD) or "") in self._households.get(partner_id, ()),
        }
        return next((signal for signal, is_own in told.items() if is_own and signal in signals), "")

    def _load_accounts(self, subjects: Sequence[Subject], partners: Collection[UUID]) -> None:
        """Read the partners' payout accounts, and those of partners who buy: one person may be two partners."""
        details = PayoutDetails.objects.exclude(fingerprint="")
        mine = details.filter(partner_id__in=partners).values_list("partner_id", "fingerprint")
        self._accounts |= dict(mine)
        buyers = {one.email_hash for one in subjects if one.email_hash}
        if self._accounts and buyers:
            theirs = details.filter(partner__email_hash__in=buyers).values_list("partner__email_hash", "fingerprint")
            self._account_of_buyer |= dict(theirs)

    def _load_households(self) -> None:
        """Read the households that the partners' own addresses have ordered to."""
        whose = {email: partner_id for partner_id, emails in self._emails.items() for email in emails if email}
        rows = Conversion.objects.filter(customer__email_hash__in=whose).values_list("customer__email_hash", "metadata")
        for email, metadata in rows:
            household = str(metadata.get(HOUSEHOLD) or "")
            if household and email:
                self._households.setdefault(whose[email], set()).add(household)


def _paid_from(subject: Subject) -> str:
    return hash_account(str(subject.metadata.get(ACCOUNT) or ""))
