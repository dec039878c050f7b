"""What one partner may see: one queryset for each table, all bound to the partner. Portal pages read no other way."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from hanse.growth.challenges.models import Challenge, ChallengeEntry
from hanse.growth.claims.models import Claim
from hanse.growth.comarketing.models import JointProject
from hanse.growth.comarketing.queries import projects_for
from hanse.growth.content.models import Feed, Piece
from hanse.growth.conversations.models import Conversation, Entry
from hanse.growth.deliverables.models import Deliverable, DeliverableComment, DeliverableDraft
from hanse.growth.faq.models import FaqVote
from hanse.growth.kits.models import KitUse
from hanse.growth.meetings.models import MeetingInvitation
from hanse.growth.negotiations.models import Proposal
from hanse.growth.prompts.models import Example, PromptTold
from hanse.growth.recognition.models import Thanks, Tip
from hanse.growth.resources.models import ResourceUse
from hanse.growth.roadmap.models import EmbargoAcceptance, PreviewSight
from hanse.growth.training.models import LessonProgress
from hanse.kernel.clock import local_day
from hanse.money.benefits.models import Benefit
from hanse.money.benefits.queries import benefits_of
from hanse.money.commissions.models import Commission
from hanse.money.payouts.models import Payout
from hanse.money.statements.models import Invoice, IssuedStatement
from hanse.people.partners.models import PayoutDetails
from hanse.programs.enrolments.models import Agreement, Enrolment
from hanse.programs.offers.models import Offer
from hanse.programs.terms.models import Terms
from hanse.traffic.attribution.models import Credit
from hanse.traffic.clicks.models import Click
from hanse.traffic.coupons.models import Coupon
from hanse.traffic.deals.models import Deal
from hanse.traffic.links.models import Link
from hanse.traffic.resale.models import CustomerContact, ResaleOrder

TOLD = ("email", "portal", "slack", "discord")
"""What partners see of a thread; forwards, copies, calls and notes between colleagues are ours."""


@dataclass(frozen=True, slots=True)
class Scope:
    """One partner's rows in one of their programs."""

    partner_id: UUID
    enrolment_id: UUID
    program_id: UUID
    _payouts: list[Payout] | None = field(default=None, init=False, compare=False)
    _has_challenges: bool | None = field(default=None, init=False, compare=False)

    def links(self) -> QuerySet[Link]:
        """The partner's links of this program, archived ones too."""
        return Link.objects.filter(enrolment_id=self.enrolment_id, enrolment__partner_id=self.partner_id)

    def coupons(self) -> QuerySet[Coupon]:
        """The partner's codes of this program."""
        return Coupon.objects.filter(enrolment_id=self.enrolment_id, enrolment__partner_id=self.partner_id)

    def clicks(self) -> QuerySet[Click]:
        """Clicks on the partner's links of this program. (Their store knows no partners, only enrolments.)"""
        return Click.objects.filter(enrolment_id=self.enrolment_id)

    def credits(self) -> QuerySet[Credit]:
        """Shares of conversions that were credited to the partner in this program."""
        return Credit.objects.filter(enrolment_id=self.enrolment_id, enrolment__partner_id=self.partner_id)

    def commissions(self) -> QuerySet[Commission]:
        """What the partner earned in this program."""
        return Commission.objects.filter(enrolment_id=self.enrolment_id, enrolment__partner_id=self.partner_id)

    def recent_payouts(self) -> list[Payout]:
        """The latest twenty of these payments, read once for a page."""
        if self._payouts is None:
            object.__setattr__(self, "_payouts", list(self.payouts().order_by("-opened_at", "-pk")[:20]))
        return self._payouts or []

    def payouts(self) -> QuerySet[Payout]:
        """Payments to the partner in this program, from when their run was opened: drafts are the team's."""
        shown = (Payout.State.IN_TRANSIT, Payout.State.SETTLED, Payout.State.FAILED, Payout.State.RETURNED)
        return Payout.objects.filter(enrolment_id=self.enrolment_id, partner_id=self.partner_id, state__in=shown)

    def agreements(self) -> QuerySet[Agreement]:
        """What the partner accepted in this program."""
        return Agreement.objects.filter(enrolment_id=self.enrolment_id, enrolment__partner_id=self.partner_id)

    def proposals(self) -> QuerySet[Proposal]:
        """What either side proposed about the partner's terms, the newest first."""
        mine = Proposal.objects.filter(enrolment_id=self.enrolment_id, enrolment__partner_id=self.partner_id)
        return mine.select_related("terms", "enrolment__program", "enrolment__partner").order_by("-created_at", "-id")

    def claims(self) -> QuerySet[Claim]:
        """Sales that the partner asked about in this program."""
        return Claim.objects.filter(enrolment_id=self.enrolment_id, enrolment__partner_id=self.partner_id)

    def conversations(self) -> QuerySet[Conversation]:
        """What the partner and we said to each other in this program."""
        return Conversation.objects.filter(enrolment_id=self.enrolment_id, partner_id=self.partner_id)

    def said(self) -> QuerySet[Entry]:
        """What was said in them, without what colleagues keep for each other."""
        mine = Entry.objects.filter(
            conversation__enrolment_id=self.enrolment_id, conversation__partner_id=self.partner_id, channel__in=TOLD
        )
        return mine.exclude(direction=Entry.Direction.NOTE).order_by("at", "id")

    def invitations(self) -> QuerySet[MeetingInvitation]:
        """Meetings that the partner is or was invited to."""
        return MeetingInvitation.objects.filter(enrolment_id=self.enrolment_id, enrolment__partner_id=self.partner_id)

    def thanks(self) -> QuerySet[Thanks]:
        """What the partner was thanked for."""
        return Thanks.objects.filter(enrolment_id=self.enrolment_id, enrolment__partner_id=self.partner_id)

    def tips(self) -> QuerySet[Tip]:
        """What the partner shares with the others."""
        return Tip.objects.filter(enrolment_id=self.enrolment_id, enrolment__partner_id=self.partner_id)

    def deals(self) -> QuerySet[Deal]:
        """Customers whom the partner registered in this program."""
        return Deal.objects.filter(enrolment_id=self.enrolment_id, enrolment__partner_id=self.partner_id)

    def resale_orders(self) -> QuerySet[ResaleOrder]:
        """Orders that the partner sold on in this program, the newest first."""
        mine = ResaleOrder.objects.filter(enrolment_id=self.enrolment_id, enrolment__partner_id=self.partner_id)
        return mine.order_by("-ordered_on", "-id")

    def customers_looked_after(self) -> QuerySet[CustomerContact]:
        """Customers whose contact the partner is as an agency, those of today first."""
        mine = CustomerContact.objects.filter(enrolment_id=self.enrolment_id, enrolment__partner_id=self.partner_id)
        return mine.order_by("until_on", "-since_on", "-id")

    def kits_used(self) -> QuerySet[KitUse]:
        """Kits that the partner took in this program."""
        mine = KitUse.objects.filter(enrolment_id=self.enrolment_id, enrolment__partner_id=self.partner_id)
        return mine.order_by("taken_at", "id")

    def prompts_told(self) -> QuerySet[PromptTold]:
        """Prompts that the partner was written to about in this program."""
        mine = PromptTold.objects.filter(enrolment_id=self.enrolment_id, enrolment__partner_id=self.partner_id)
        return mine.order_by("told_at", "id")

    def examples(self) -> QuerySet[Example]:
        """The partner's own pieces that we asked to show to others, with what they said."""
        mine = Example.objects.filter(enrolment_id=self.enrolment_id, enrolment__partner_id=self.partner_id)
        return mine.order_by("asked_at", "id")

    def challenge_entries(self) -> QuerySet[ChallengeEntry]:
        """The partner's own ways through challenges of this program."""
        mine = ChallengeEntry.objects.filter(enrolment_id=self.enrolment_id, enrolment__partner_id=self.partner_id)
        return mine.order_by("created_at", "id")

    def joint_projects(self) -> QuerySet[JointProject]:
        """What the partner and we do together in this program, with costs and proofs, the newest first."""
        return projects_for(self.enrolment_id).filter(enrolment__partner_id=self.partner_id)

    def pieces(self) -> QuerySet[Piece]:
        """What the partner published in this program, the newest first; what was left out by hand is not shown."""
        mine = Piece.objects.filter(enrolment_id=self.enrolment_id, enrolment__partner_id=self.partner_id)
        return mine.filter(hidden_at=None).order_by("-published_at", "-id")

    def feeds(self) -> QuerySet[Feed]:
        """The partner's feeds that are or were read in this program, the oldest first."""
        mine = Feed.objects.filter(enrolment_id=self.enrolment_id, enrolment__partner_id=self.partner_id)
        return mine.filter(removed_at=None).order_by("added_at", "id")

    def has_challenges(self, now: datetime) -> bool:
        """Whether the program has a challenge that runs or begins soon, or the partner has an entry. Read once."""
        if self._has_challenges is None:
            object.__setattr__(self, "_has_challenges", self._find_challenges(now))
        return bool(self._has_challenges)

    def _find_challenges(self, now: datetime) -> bool:
        mine = Exists(
            ChallengeEntry.objects.filter(
                challenge=OuterRef("pk"), enrolment_id=self.enrolment_id, enrolment__partner_id=self.partner_id
            )
        )
        rows = Challenge.objects.filter(program_id=self.program_id, opened_at__lte=now).annotate(mine=mine)
        # Where the program is, the last day may last longer than in UTC.
        rows = rows.filter(Q(mine=True) | Q(cancelled_at=None, ends_on__gte=now.date() - timedelta(days=1)))
        found = rows.values_list("mine", "ends_on", "program__time_zone")
        return any(is_mine or ends_on >= local_day(now, zone) for is_mine, ends_on, zone in found)

    def resource_uses(self) -> QuerySet[ResourceUse]:
        """What the partner did with the library of this program."""
        return ResourceUse.objects.filter(enrolment_id=self.enrolment_id, enrolment__partner_id=self.partner_id)

    def votes_on_answers(self) -> QuerySet[FaqVote]:
        """Which answers the partner said helped, and which not."""
        return FaqVote.objects.filter(enrolment_id=self.enrolment_id, enrolment__partner_id=self.partner_id)

    def deliverables(self) -> QuerySet[Deliverable]:
        """What the partner was asked for in this program, what is due first on top."""
        mine = Deliverable.objects.filter(enrolment_id=self.enrolment_id, enrolment__partner_id=self.partner_id)
        return mine.select_related("program", "enrolment__partner", "enrolment__program").order_by("due_on", "id")

    def lessons_begun(self) -> QuerySet[LessonProgress]:
        """How far the partner is in lessons of this program."""
        return LessonProgress.objects.filter(enrolment_id=self.enrolment_id, enrolment__partner_id=self.partner_id)

    def embargoes_accepted(self) -> QuerySet[EmbargoAcceptance]:
        """What the partner agreed to keep to themselves."""
        return EmbargoAcceptance.objects.filter(enrolment_id=self.enrolment_id, enrolment__partner_id=self.partner_id)

    def drafts(self) -> QuerySet[DeliverableDraft]:
        """Versions of the partner's work."""
        mine = DeliverableDraft.objects.filter(
            deliverable__enrolment_id=self.enrolment_id, deliverable__enrolment__partner_id=self.partner_id
        )
        return mine.order_by("sent_at", "id")

    def work_comments(self) -> QuerySet[DeliverableComment]:
        """What either side said about the partner's work."""
        mine = DeliverableComment.objects.filter(
            deliverable__enrolment_id=self.enrolment_id, deliverable__enrolment__partner_id=self.partner_id
        )
        return mine.order_by("at", "id")

    def previews_seen(self) -> QuerySet[PreviewSight]:
        """What the partner's people saw of the roadmap."""
        return PreviewSight.objects.filter(enrolment_id=self.enrolment_id, enrolment__partner_id=self.partner_id)

    def offers(self) -> QuerySet[Offer]:
        """What can be promoted in this program."""
        return Offer.objects.filter(program_id=self.program_id, archived_at=None).order_by("created_at", "id")

    def terms(self) -> QuerySet[Terms]:
        """Terms that could be meant for the partner: the program's, its tiers', and those agreed with them alone."""
        mine = Q(enrolment=None) | Q(enrolment_id=self.enrolment_id, enrolment__partner_id=self.partner_id)
        return Terms.objects.filter(mine, program_id=self.program_id).select_related("program", "tier")

    def statements(self) -> QuerySet[IssuedStatement]:
        """The partner's issued months in this program."""
        return IssuedStatement.objects.filter(enrolment_id=self.enrolment_id, enrolment__partner_id=self.partner_id)

    def invoices(self) -> QuerySet[Invoice]:
        """The invoices that were written for the partner in this program."""
        return Invoice.objects.filter(enrolment_id=self.enrolment_id, enrolment__partner_id=self.partner_id)

    def benefits(self) -> QuerySet[Benefit]:
        """What the partner is or was owed in kind in this program, the newest period first."""
        return benefits_of([self.enrolment_id]).filter(enrolment__partner_id=self.partner_id)

    def payout_details(self) -> PayoutDetails | None:
        """Where the partner's money goes."""
        return PayoutDetails.objects.filter(partner_id=self.partner_id).first()


def enrolments_of(partner_id: UUID) -> QuerySet[Enrolment]:
    """The partner's places in programs, the open ones first, then the oldest."""
    mine = Enrolment.objects.filter(partner_id=partner_id).select_related("program", "tier", "partner__owner")
    return mine.order_by("ended_at", "enrolled_at", "id")
