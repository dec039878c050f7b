"""What partners are told when their entry is decided."""

from __future__ import annotations

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from hanse.growth.challenges.models import Challenge, ChallengeEntry
from hanse.growth.reach.queries import may_write
from hanse.growth.templates.models import LetterKind
from hanse.programs.terms.sentences import Words
from hanse.spine.outbox.actions import portal_address
from hanse.spine.outbox.letters import Letter, send_letter


def tell_won(row: ChallengeEntry, now: datetime) -> None:
    """Say what was won, and where it stands."""
    partner, challenge = row.enrolment.partner, row.challenge
    with translation.override(partner.language):
        prize = challenge.gift or Words(challenge.currency, {}).money(challenge.prize_minor)
        said = {"prize": prize, "name": challenge.name}
        where = (
            _("It is in your balance and comes with your next payout.")
            if challenge.is_money
            else _("We will send it to you within 30 days; your payouts page says how it stands.")
        )
        _send(row, "won", _letter(
            row, _("You won: %(prize)s") % said, (_("You reached the goal of “%(name)s”. Well done.") % said, where),
        ), now)  # fmt: skip


def tell_declined(row: ChallengeEntry, reason: str, now: datetime) -> None:
    """Say why proof was not enough, and that it can be sent again; of a counted goal, nobody sent anything, say why."""
    said, key = {"name": row.challenge.name}, f"declined:{now:%Y%m%d%H%M%S}"
    with translation.override(row.enrolment.partner.language):
        if row.challenge.metric != Challenge.Metric.PROOF:
            subject = f"{row.challenge.name}: {pgettext('challenge', 'not accepted')}"
            _send(row, key, _letter(row, subject, (f"“{reason}”",)), now)
            return
        more = _("You can send it again as long as the challenge runs.")
        text = (_("We looked at what you sent for “%(name)s” and cannot accept it yet.") % said, f"“{reason}”", more)
        _send(row, key, _letter(row, _("About your proof for %(name)s") % said, text), now)


def _letter(row: ChallengeEntry, subject: str, paragraphs: tuple[str, ...]) -> Letter:
    program = row.challenge.program
    return Letter(
        subject=subject, paragraphs=paragraphs, link_label=_("See the challenge"),
        link=portal_address("/p/challenges", program.slug), sender=program.name, kicker=_("partner program"),
    )  # fmt: skip


def _send(row: ChallengeEntry, what: str, letter: Letter, now: datetime) -> None:
    partner = row.enrolment.partner
    if may_write([partner.pk], LetterKind.TRANSACTIONAL):
        send_letter(letter, f"challenge:{row.pk}:{what}", to=partner.email, language=partner.language, now=now)
