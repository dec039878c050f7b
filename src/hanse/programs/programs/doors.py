"""What the edge is told of a program: composed of the program, its goals and its offers' hosts."""

from __future__ import annotations

from hanse.programs.domains.models import Domain
from hanse.programs.offers.models import Offer
from hanse.programs.programs.models import Goal, Program
from hanse.spine.doors import actions as doors
from hanse.spine.doors.types import ProgramRow
from hanse.spine.web_addresses import as_sent


def publish_program(program: Program) -> None:
    """Tell the edge what a program is now."""
    goals = Goal.objects.filter(program=program, archived_at=None).order_by("position", "key")
    hosts = Offer.objects.filter(program=program).values_list("allowed_hosts", flat=True)
    domains = Domain.objects.filter(program=program).order_by("created_at", "id").values_list("host", flat=True)
    doors.publish_program(
        ProgramRow(
            program_id=program.pk, slug=program.slug,
            fallback_url=as_sent(program.fallback_url or program.website),
            token_param=program.token_param, currency=program.currency,
            goals=tuple(goals.values_list("key", flat=True)),
            allowed_hosts=tuple(sorted({host for offer_hosts in hosts for host in offer_hosts})),
            click_hosts=tuple(domains), bare_click_ids=program.bare_click_ids,
            token_form=program.token_form,
            allowed_countries=tuple(program.allowed_countries), blocked_countries=tuple(program.blocked_countries),
            browser_conversions=program.browser_conversions, consent_mode=program.consent_mode,
            archived=program.archived_at is not None,
        )
    )  # fmt: skip
