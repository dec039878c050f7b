"""Joint projects in words and as sheets, for console and portal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from hanse.growth.comarketing import rules
from hanse.growth.comarketing.models import JointProject, JointProof
from hanse.growth.comarketing.queries import outcomes_of, staged
from hanse.growth.comarketing.types import Outcome, Settlement, Stage
from hanse.growth.resources.files.addresses import media_href
from hanse.kernel.ids import text_id
from hanse.kernel.money import PPM, decimal_text

KINDS = (
    ("guest_post", gettext_lazy("Guest post")),
    ("co_branded", gettext_lazy("Co-branded content")),
    ("joint_event", gettext_lazy("Joint event")),
    ("newsletter_swap", gettext_lazy("Newsletter swap")),
)
PREFIX, PROOF_PREFIX = "jnt", "jnp"


@dataclass(frozen=True, slots=True)
class CostRow:
    """One cost as it is drawn; `id` names its field, `typed` is what the field shows."""

    id: str
    name: str
    typed: str
    is_ours: bool
    planned_minor: int
    actual_minor: int | None
    counted_minor: int


@dataclass(frozen=True, slots=True)
class ProofRow:
    """One proof as it is drawn."""

    id: str
    proof: JointProof
    href: str
    word: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One project with all that a page says of it. `plan` is what was agreed, `so_far` what is known by now; `each_…`
    is what one lead cost in all, us and the partner."""

    project: JointProject
    id: str
    stage: Stage
    word: tuple[str, str]
    kind: str
    costs: Sequence[CostRow]
    proofs: Sequence[ProofRow]
    plan: Settlement
    so_far: Settlement
    outcome: Outcome
    partner_cost_ppm: int
    partner_leads_ppm: int
    each_minor: int | None
    each_of_us_minor: int | None
    each_of_partner_minor: int | None

    @property
    def is_open(self) -> bool:
        """Whether it is agreed and has no result yet."""
        return self.project.state == JointProject.State.AGREED


def kind_words(kind: str) -> str:
    """Say what is done together."""
    return str(dict(KINDS).get(kind, kind))


def stage_words(stage: str, *, for_partner: bool = False) -> tuple[str, str]:
    """Return where a project is, in a word, and the colour of its badge."""
    if for_partner:
        yours: Mapping[str, tuple[str, str]] = {
            "our_turn": (pgettext("joint project", "we are thinking about it"), ""),
            "their_turn": (pgettext("joint project", "waits for your word"), "ochre"),
            "proof": (pgettext("joint project", "show us how it went"), "ochre"),
            "to_look_at": (pgettext("joint project", "we are looking at what you sent"), ""),
            "result": (pgettext("joint project", "the result comes next"), "sea"),
        }
        if stage in yours:
            return yours[stage]
    return {
        "our_turn": (pgettext("joint project", "waits for us"), "ochre"),
        "their_turn": (pgettext("joint project", "waits for the partner"), ""),
        "agreed": (pgettext("joint project", "agreed"), "sea"),
        "proof": (pgettext("joint project", "nothing shown yet"), "ochre"),
        "to_look_at": (pgettext("joint project", "proof to look at"), "ochre"),
        "result": (pgettext("joint project", "result to write"), "ochre"),
        "done": (pgettext("joint project", "done"), "sea"),
        "declined": (pgettext("joint project", "declined"), ""),
        "cancelled": (pgettext("joint project", "called off"), ""),
    }.get(stage, (stage, ""))


def proof_words(state: str) -> tuple[str, str]:
    """Return what became of a proof, in a word, and the colour of its badge."""
    return {
        "waiting": (pgettext("joint project", "sent"), "ochre"),
        "accepted": (pgettext("joint project", "seen"), "sea"),
        "refused": (pgettext("joint project", "not enough"), ""),
    }.get(state, (state, ""))


def cost_field(cost_id: UUID) -> str:
    """Return the name of the field in which a cost's amount is typed."""
    return f"cost-{text_id('jnc', cost_id)}"


def sheets_of(rows: Sequence[JointProject], now: datetime, *, for_partner: bool = False) -> list[Sheet]:
    """Return projects as sheets. Two queries beside those of the rows themselves."""
    outcomes = outcomes_of(rows)
    return [
        _sheet(row, stage, outcomes.get(row.pk, Outcome()), for_partner=for_partner) for row, stage in staged(rows, now)
    ]


def amount_problem(name: str) -> str:
    """Say which amount could not be read."""
    return _("“%(name)s”: write an amount like 120 or 49.90.") % {"name": name}


def _sheet(row: JointProject, stage: Stage, outcome: Outcome, *, for_partner: bool) -> Sheet:
    costs, leads = list(row.costs.all()), row.leads or 0
    return Sheet(
        row, text_id(PREFIX, row.pk), stage, stage_words(stage, for_partner=for_partner), kind_words(row.kind),
        [
            CostRow(
                cost_field(one.pk), one.name, _typed(one.actual_minor, one.planned_minor, row.currency),
                one.paid_by == "us", one.planned_minor, one.actual_minor, rules.counted_minor(one),
            )
            for one in costs
        ],
        [_proof(one) for one in row.proofs.all()],
        rules.planned(costs, row.our_cost_ppm), rules.settle(costs, row.our_cost_ppm), outcome,
        PPM - row.our_cost_ppm, PPM - row.our_leads_ppm,
        rules.cost_each(row.total_minor, leads), rules.cost_each(row.our_minor, row.our_leads),
        rules.cost_each(row.partner_minor, row.partner_leads),
    )  # fmt: skip


def _typed(actual_minor: int | None, planned_minor: int, currency: str) -> str:
    return decimal_text(planned_minor if actual_minor is None else actual_minor, currency)


def _proof(proof: JointProof) -> ProofRow:
    href = media_href(proof.file) if proof.file else ""
    return ProofRow(text_id(PROOF_PREFIX, proof.pk), proof, href, proof_words(proof.state))
