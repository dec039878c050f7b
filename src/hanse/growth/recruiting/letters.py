"""What an applicant is told by mail, in their language."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hanse.growth.recruiting.models import Application
from hanse.growth.recruiting.secret import status_path
from hanse.people.access.models import TeamUser
from hanse.programs.programs.models import Program
from hanse.programs.terms.models import Terms
from hanse.programs.terms.queries import body_of
from hanse.programs.terms.sentences import sentences
from hanse.spine.outbox.actions import absolute_url
from hanse.spine.outbox.letters import Letter, send_letter


def send_confirmation(application: Application, now: datetime) -> None:
    """Ask for one click that proves the address; asked at most once a day, however often the form is sent."""
    with translation.override(application.language):
        letter = Letter(
            subject=_("Confirm your application to %(program)s") % {"program": application.program.name},
            paragraphs=(
                _greeting(application.name),
                _("Please confirm that this is your address. Then we read your application."),
            ),
            link_label=_("Confirm and follow my application"),
            link=absolute_url(status_path(application.pk)),
            closing=_("You did not apply? Then do nothing: without confirmation nobody reads it."),
        )
    _send(application, letter, f"confirm:{now.date()}", now)


def send_received(application: Application, now: datetime) -> None:
    """Thank somebody who was invited and applied, with the page that shows the state."""
    with translation.override(application.language):
        letter = Letter(
            subject=_("We have your application to %(program)s") % {"program": application.program.name},
            paragraphs=(
                _greeting(application.name),
                _("Thank you for taking up our invitation. A person reads your application; you get a mail then."),
            ),
            link_label=_("See its state"),
            link=absolute_url(status_path(application.pk)),
        )
    _send(application, letter, "received", now)


def send_state(application: Application, now: datetime) -> None:
    """Answer somebody who applies again while we still decide: kindly, with the page that shows the state."""
    with translation.override(application.language):
        letter = Letter(
            subject=_("We have your application to %(program)s") % {"program": application.program.name},
            paragraphs=(
                _greeting(application.name),
                _("Your application is with us already, you need not send it again."),
            ),
            link_label=_("See its state"),
            link=absolute_url(status_path(application.pk)),
        )
    _send(application, letter, f"again:{now.date()}", now)


def send_already_partner(person: TeamUser, program: Program, now: datetime) -> None:
    """Tell a partner who applies where they are enrolled already how to sign in."""
    with translation.override(person.language or "en"):
        letter = Letter(
            subject=_("You are already a partner of %(program)s") % {"program": program.name},
            sender=program.name,
            kicker=_("partner program"),
            paragraphs=(
                _greeting(person.name),
                _("You need not apply again: your links and earnings are in the portal."),
            ),
            link_label=_("Sign in"),
            link=absolute_url("/sign-in"),
        )
    key = f"already-partner:{program.pk}:{person.pk}:{now.date()}"
    send_letter(letter, key, to=person.email, language=person.language or "en", now=now)


def send_welcome(
    application: Application, sign_in_secret: str, link: str, terms: Terms | None, now: datetime
) -> None:  # fmt: skip
    """Tell an applicant that they are in, with their first link, what it earns, and a way into the portal."""
    with translation.override(application.language):
        names = {"name": application.name.split()[0]}
        letter = Letter(
            subject=_("Welcome to %(program)s") % {"program": application.program.name},
            title=(_("%(name)s, your link is ready") if link else _("%(name)s, you are in")) % names,
            preview=_("One link, one thing to do today. It takes two minutes."),
            kicker=_("welcome"),
            paragraphs=(
                _("You are in: your application is approved."),
                _("This is your first link; what is bought through it is yours to earn on:") if link else "",
            ),
            address=link.partition("://")[2],
            link_label=_("Open my portal"),
            link=absolute_url(f"/sign-in/{sign_in_secret}/confirm"),
            after=(_("Put the link where you already talk to people. One place is enough for a first sale."),),
            facts_title=_("What you earn"),
            facts=_facts(application.program, terms),
            closing=_("The button signs you in once, within seven days. Later you can ask for a new one at any time."),
        )
    _send(application, letter, "approved", now)


def _facts(program: Program, terms: Terms | None) -> tuple[tuple[str, str], ...]:
    earned = sentences(body_of(terms), program.currency) if terms else []
    rest = ngettext("%(days)d day after the sale", "%(days)d days after the sale", program.hold_days)
    numbered = ((f"{number}.", line) for number, line in enumerate(earned, 1))
    return (*numbered, (_("Can be paid"), rest % {"days": program.hold_days}))


def send_refusal(application: Application, now: datetime) -> None:
    """Tell an applicant that they are not taken, and why."""
    with translation.override(application.language):
        letter = Letter(
            subject=_("Your application to %(program)s") % {"program": application.program.name},
            paragraphs=(
                _greeting(application.name),
                _("Thank you for your interest. We cannot take you into the program now. The reason:"),
                application.reason,
            ),
            closing=_("You are welcome to apply again when this has changed."),
        )
    _send(application, letter, "declined", now)


def send_question(application: Application, now: datetime) -> None:
    """Ask an applicant for more."""
    with translation.override(application.language):
        letter = Letter(
            subject=_("A question about your application to %(program)s") % {"program": application.program.name},
            paragraphs=(
                _greeting(application.name),
                _("Before we decide, we would like to know:"),
                application.question,
            ),
            link_label=_("Answer"),
            link=absolute_url(status_path(application.pk)),
        )
    _send(application, letter, f"asked:{now.isoformat()}", now)


def _greeting(name: str) -> str:
    return _("Hello %(name)s,") % {"name": name}


def _send(application: Application, letter: Letter, step: str, now: datetime) -> None:
    key = f"application:{application.pk}:{step}"
    with translation.override(application.language):
        letter = replace(letter, sender=application.program.name, kicker=letter.kicker or _("partner program"))
    send_letter(letter, key, to=application.email, language=application.language, now=now)
