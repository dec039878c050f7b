"""Letters about prompts: a partner hears once of what they now see, on the day that their tier's time has come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import islice

from django.db.models import Q
from django.utils import formats, translation
from django.utils.translation import gettext as _

from hanse.growth.kits.embargoes import hidden_from
from hanse.growth.prompts import rules
from hanse.growth.prompts.models import Prompt, PromptTold
from hanse.growth.prompts.queries import Leads, leads_of, prompts_of, words_of
from hanse.growth.reach.queries import may_write
from hanse.growth.sends.actions import plan_written
from hanse.growth.sends.types import Priority
from hanse.growth.templates.models import LetterKind
from hanse.kernel.clock import local_day
from hanse.kernel.ids import text_id
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.spine.outbox.actions import portal_address
from hanse.spine.outbox.letters import Letter

AT_ONCE = 40


def untold(program: Program, now: datetime, limit: int = AT_ONCE) -> tuple[Prompt, list[Enrolment]] | None:
    """Return a prompt that tells by mail, with partners who see it by now and have not heard of it; None: all have.

    At most `limit` of them. Reads only: call it outside any transaction.
    """
    today, leads = local_day(now, program.time_zone), leads_of(program.pk)
    rows = prompts_of(program.pk).filter(published_at__lte=now, withdrawn_at=None, tells_by_mail=True)
    for prompt in rows:
        if rules.stage_of(prompt, today, leads.days) == "shown":
            people = _untold(prompt, leads, now, limit)
            if people:
                return prompt, people
    return None


def tell(prompt: Prompt, people: Sequence[Enrolment], now: datetime) -> int:
    """Plan a letter to partners about a prompt, each once; return how many letters. Call inside a transaction.

    It goes when caps and quiet hours let it. Who switched ideas off, or cannot be reached, counts as told: their portal
    and calendar show it.
    """
    kind = str(LetterKind.IDEAS)
    reachable = may_write([row.partner_id for row in people], kind)
    meant = [(row, letter_of(prompt, row)) for row in people if row.partner_id in reachable]
    plan_written(meant, key=f"prompt:{prompt.pk}", kind=kind, reason=Priority.SEQUENCE, now=now)
    PromptTold.objects.bulk_create(
        (PromptTold(prompt=prompt, enrolment=row, told_at=now) for row in people), ignore_conflicts=True
    )
    return len(meant)


def _untold(prompt: Prompt, leads: Leads, now: datetime, limit: int) -> list[Enrolment]:
    today = local_day(now, prompt.program.time_zone)
    told = PromptTold.objects.filter(prompt=prompt).values("enrolment_id")
    early = [key for key in leads.days if rules.seen_from(prompt, key, leads.days) <= today]
    people = Enrolment.objects.filter(
        Q(tier__key__in=early) | Q(tier=None),  # who has none sees it with the last, as `_sees` says
        program_id=prompt.program_id, status=Enrolment.Status.ACTIVE, is_test=False, partner__archived_at=None,
    )  # fmt: skip
    waits = people.exclude(pk__in=told)
    hidden = hidden_from(
        prompt.program_id, {prompt.pk: words_of(prompt)}, list(waits.values_list("pk", flat=True)), now
    )
    rows = waits.select_related("partner", "tier").order_by("id").iterator(chunk_size=500)
    meant = (row for row in rows if _sees(prompt, row, today, leads) and (prompt.pk, row.pk) not in hidden)
    return list(islice(meant, limit))


def _sees(prompt: Prompt, row: Enrolment, today: date, leads: Leads) -> bool:
    tier, partner = row.tier.key if row.tier else "", row.partner
    return rules.is_seen(prompt, today, leads.days, tier=tier, types=partner.types, language=partner.language)


def letter_of(prompt: Prompt, enrolment: Enrolment) -> Letter:
    """Return the letter about a prompt in the partner's language; what we wrote stands as it was written."""
    with translation.override(enrolment.partner.language):
        facts = [(_("When"), formats.date_format(prompt.on, "DATE_FORMAT"))]
        if prompt.deadline_on is not None:
            facts.append((_("Deadline"), formats.date_format(prompt.deadline_on, "DATE_FORMAT")))
        href = f"/p/kits/{_kit(prompt)}" if prompt.kit_id else f"/p/calendar#{prompt.pk}"
        return Letter(
            subject=prompt.title, paragraphs=tuple(part for part in (prompt.hook, prompt.why_now, prompt.how) if part),
            facts=tuple(facts), link=portal_address(href, prompt.program.slug),
            link_label=_("Take the kit, your link is inside") if prompt.kit_id else _("See it, with your link"),
        )  # fmt: skip


def _kit(prompt: Prompt) -> str:
    assert prompt.kit_id is not None
    return text_id("kit", prompt.kit_id)
