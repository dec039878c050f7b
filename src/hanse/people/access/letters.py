"""What people are told by mail about signing in."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from django.utils import translation
from django.utils.translation import gettext as _

from hanse.people.access import queries
from hanse.people.access.actions import make_sign_in_link
from hanse.spine.outbox.actions import absolute_url
from hanse.spine.outbox.letters import Letter, html_of, text_of

KIND = "sign-in"  # of the outbox: somebody asked for a link; whether anybody gets one is found out here


def sign_in_mail(email: str, next_path: str, language: str, now: datetime) -> dict[str, str] | None:
    """Return the mail with a fresh one-time link for an address; None when nobody signs in with it."""
    person = queries.person_by_email(email)
    if person is None or not person.is_active:
        return None
    secret = make_sign_in_link(person, next_path=next_path, now=now)
    with translation.override(person.language or language):
        letter = _letter(person.name or person.email, absolute_url(f"/sign-in/{secret}/confirm"))
        spoken = translation.get_language() or language
    return {
        "to": person.email, "subject": letter.subject, "text": text_of(letter), "html": html_of(letter, spoken),
        "language": spoken,
    }  # fmt: skip


def _letter(name: str, link: str) -> Letter:
    host = urlsplit(link).netloc
    return Letter(
        subject=_("Your link to sign in"),
        title=_("Here is your link, %(name)s") % {"name": name},
        paragraphs=(_("It signs you in once and is good for 24 hours."),),
        preview=_("Good once, for 24 hours."),
        link_label=_("Sign in"),
        link=link,
        closing=_("You did not ask for it? Then do nothing: without your mail nobody can use it."),
        sender="Hanse",
        kicker=host,
    )
