"""What partners are told about joint projects: asked, answered, moved, looked at, settled, reminded."""

from __future__ import annotations

from datetime import datetime

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from hanse.growth.comarketing import rules
from hanse.growth.comarketing.models import JointProject, JointProof
from hanse.growth.reach.queries import may_write
from hanse.growth.templates.models import LetterKind
from hanse.kernel.money import rate_text
from hanse.programs.terms.sentences import Words
from hanse.spine.outbox.actions import portal_address
from hanse.spine.outbox.letters import Letter, send_letter


def tell_asked(row: JointProject, now: datetime) -> None:
    """Ask the partner, with everything that the proposal says."""
    with _language(row):
        subject = _("Shall we do this together: %(title)s") % {"title": row.title}
        _send(row, f"asked:{row.version}", subject, (row.text,), now, facts=_facts(row), act=_("Read and answer"))


def tell_agreed(row: JointProject, now: datetime) -> None:
    """Say that it is agreed, and what was agreed: both keep the same words."""
    with _language(row):
        subject = _("Agreed: %(title)s") % {"title": row.title}
        text = (_("Both sides said yes. Afterwards send us a link, a file or a number that shows it."),)
        _send(row, "agreed", subject, text, now, facts=_facts(row))


def tell_moved(row: JointProject, now: datetime) -> None:
    """Say that it happens on another day."""
    with _language(row):
        said = {"title": row.title, "day": date_format(row.happens_on, "DATE_FORMAT")}
        _send(row, f"moved:{now:%Y%m%d%H%M%S}", _("%(title)s is on %(day)s now") % said, (), now)


def tell_ended(row: JointProject, now: datetime) -> None:
    """Say that we declined or called off, and why."""
    with _language(row):
        said = {"title": row.title}
        if row.state == JointProject.State.DECLINED:
            subject = _("We will not do this together: %(title)s") % said
        else:
            subject = _("Called off: %(title)s") % said
        _send(row, f"{row.state}:{now:%Y%m%d%H%M%S}", subject, (f"“{row.reason}”",), now)


def tell_proof(row: JointProject, proof: JointProof, now: datetime) -> None:
    """Say what became of what the partner sent."""
    with _language(row):
        said = {"title": row.title}
        if proof.state == JointProof.State.ACCEPTED:
            subject = _("Thank you: we have seen your part of %(title)s") % said
        else:
            subject = _("Please send us a little more for %(title)s") % said
        _send(row, f"proof:{proof.pk}", subject, (f"“{proof.reason}”" if proof.reason else "",), now)


def tell_result(row: JointProject, now: datetime) -> None:
    """Say how it ended: costs and leads of both sides, and what moves."""
    with _language(row):
        money = Words(row.currency, {}).money
        if row.settled_minor > 0:
            moves = _("%(amount)s is in your balance and comes with your next payout.") % {
                "amount": money(row.settled_minor)
            }
        elif row.settled_minor < 0:
            moves = _("%(amount)s comes off your balance: your share of what we laid out.") % {
                "amount": money(-row.settled_minor)
            }
        else:
            moves = ""
        facts = (
            (_("Costs"), money(row.total_minor)), (_("Your share"), money(row.partner_minor)),
            (_("Leads"), str(row.leads)), (_("Yours"), str(row.partner_leads)),
        )  # fmt: skip
        subject = _("How it went: %(title)s") % {"title": row.title}
        _send(row, f"result:{row.round}", subject, (row.result_note, moves), now, facts=facts)


def tell_taken_back(row: JointProject, reason: str, now: datetime) -> None:
    """Say that a result was wrong, and that it will be written anew."""
    with _language(row):
        text = (f"“{reason}”", _("What was booked for it is booked back; a new result follows."))
        subject = _("We correct the result of %(title)s") % {"title": row.title}
        _send(row, f"back:{row.round}", subject, text, now)


def remind(row: JointProject, now: datetime) -> None:
    """Ask for what shows that it was done, once."""
    with _language(row):
        subject = _("How did it go: %(title)s") % {"title": row.title}
        text = (_("Send us a link, a file or a number that shows it, and what it cost you."),)
        _send(row, f"remind:{row.happens_on:%Y%m%d}", subject, text, now)


def _facts(row: JointProject) -> tuple[tuple[str, str], ...]:
    words = Words(row.currency, {})
    costs = list(row.costs.order_by("position"))
    plan = rules.planned(costs, row.our_cost_ppm)
    found = [(_("Day"), date_format(row.happens_on, "DATE_FORMAT"))]
    for cost in costs:
        who = _("you pay") if cost.paid_by == "partner" else _("we pay")
        found.append((cost.name, f"{words.money(cost.planned_minor)}, {who}"))
    if costs:
        share = rate_text(1_000_000 - row.our_cost_ppm)
        found.append((_("Your share of the costs"), f"{share} · {words.money(plan.theirs_minor)}"))
    found.append((_("Your share of the leads"), rate_text(1_000_000 - row.our_leads_ppm)))
    return tuple(found)


def _language(row: JointProject) -> translation.override:
    return translation.override(row.enrolment.partner.language or "en")


def _send(
    row: JointProject, what: str, subject: str, paragraphs: tuple[str, ...], now: datetime,
    facts: tuple[tuple[str, str], ...] = (), act: str = "",
) -> None:  # fmt: skip
    partner = row.enrolment.partner
    if not may_write([partner.pk], LetterKind.TRANSACTIONAL):
        return
    letter = Letter(
        subject=subject, paragraphs=tuple(text for text in paragraphs if text), facts=facts,
        facts_title=_("What it says") if facts else "", link_label=act or _("See the project"),
        link=portal_address("/p/together", row.program.slug), sender=row.program.name, kicker=_("partner program"),
    )  # fmt: skip
    send_letter(letter, f"joint:{row.pk}:{what}", to=partner.email, language=partner.language, now=now)
