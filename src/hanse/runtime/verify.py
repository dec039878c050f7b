"""`hanse verify`: proves that what is shown and paid follows from what came in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hanse.growth.comarketing.verify import verify_joint_projects
from hanse.growth.deliverables.verify import verify_deliverables
from hanse.insight.rollups.rebuilding import compare_rollups
from hanse.journal.port import Journal
from hanse.money.commissions.models import Commission
from hanse.money.commissions.verify import verify_commissions
from hanse.money.ledger.types import Finding
from hanse.money.ledger.verify import verify_books
from hanse.money.payouts.verify import verify_payouts
from hanse.money.promises.models import Promise
from hanse.money.promises.verify import verify_promises
from hanse.money.promises.verify_accepted import verify_acceptances
from hanse.money.referrals.models import ReferralShare
from hanse.money.referrals.verify import verify_referrals
from hanse.money.statements.verify import verify_rails, verify_statements
from hanse.runtime.pipeline.lead import NAME
from hanse.spine.positions.queries import place_of
from hanse.traffic.attribution.checking import compare_attributions
from hanse.traffic.attribution.models import Attribution
from hanse.traffic.conversions.checking import compare_refunded
from hanse.traffic.conversions.models import Conversion


@dataclass(frozen=True, slots=True)
class Proof:
    """One proof by name, and what it found wrong."""

    name: str
    findings: tuple[Finding, ...]


def prove(journal: Journal, tell: Callable[[str], None]) -> list[Proof]:
    """Run every proof in turn, telling the name of each as it starts."""
    proofs = [_proof(name, look, tell) for name, look in _PROOFS]
    tell("positions")
    return [*proofs, Proof("positions", tuple(_positions(journal)))]


def replay(tell: Callable[[str], None]) -> tuple[list[Proof], dict[str, int]]:
    """Derive everything that is owed anew from the facts and the stored versions of terms and policies: who is new,
    what came back, each decision, commission, floor, fee and referral. Returns the proofs, and how much was derived."""
    proofs = [_proof(name, look, tell) for name, look in _PROOFS if name in _DERIVED]
    kinds = (("conversions", Conversion), ("attributions", Attribution), ("commissions", Commission),
             ("promises", Promise), ("referrals", ReferralShare))  # fmt: skip
    return proofs, {name: model._default_manager.count() for name, model in kinds}


def _proof(name: str, look: Callable[[], list[Finding]], tell: Callable[[str], None]) -> Proof:
    tell(name)
    return Proof(name, tuple(look()))


def _positions(journal: Journal) -> list[Finding]:
    """The pipeline's position lies in this journal and not beyond its end."""
    place, journal_id = place_of(NAME)
    if journal_id and journal_id != str(journal.journal_id):
        return [Finding("positions", NAME, "The position was taken in another journal.")]
    if place.sequence > journal.end():
        return [Finding("positions", NAME, f"Position {place.sequence} is beyond the journal's end.")]
    return []


_DERIVED = ("refunded", "attribution", "commissions", "promises", "referrals")
_PROOFS: tuple[tuple[str, Callable[[], list[Finding]]], ...] = (
    ("books", verify_books),
    ("commissions", verify_commissions),
    ("promises", verify_promises),
    ("acceptances", verify_acceptances),
    ("deliverables", verify_deliverables),
    ("joint_projects", verify_joint_projects),
    ("referrals", verify_referrals),
    ("payouts", verify_payouts),
    ("rails", verify_rails),
    ("statements", verify_statements),
    ("refunded", compare_refunded),
    ("attribution", compare_attributions),
    ("rollups", compare_rollups),
)
