"""A letter as it is typed now, mailed to oneself as the chosen partner would get it."""

from __future__ import annotations

from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext as _

from hanse.faces.common.access import actor, team_member
from hanse.faces.common.page import warn
from hanse.faces.console.forms import attempt_or_warn
from hanse.faces.console.messages.writing import Looked
from hanse.growth.templates.models import MessageVersion
from hanse.growth.templates.previews import send_test
from hanse.kernel import clock


def mail_test(request: HttpRequest, looked: Looked, version: MessageVersion, language: str, of: Model | None) -> None:
    """Send the test, or say in a toast why not. `of` is the letter or newsletter that was kept; None: none was yet."""
    partner = looked.reader
    if partner is None or looked.preview is None:
        warn(request, looked.problems[0] if looked.problems else _("There is no partner to read it yet."))
    elif of is None:
        warn(request, _("Keep it first; then a test can be sent."))
    else:
        to = team_member(request).email
        attempt_or_warn(
            request,
            lambda: send_test(version, partner, to=to, language=language, now=clock.now(), by=actor(request), of=of),
            _("The test is on its way to %(to)s") % {"to": to},
        )
