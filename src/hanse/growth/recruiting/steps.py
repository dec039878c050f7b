"""Taking a step on an application: its row locked, its state asked first."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hanse.growth.recruiting import rules
from hanse.growth.recruiting.models import Application
from hanse.kernel.errors import Refused


def locked(application: Application, step: rules.Step | None = None) -> Application:
    """Return the application as it is stored now, kept from others until the end. Refuses a step its state forbids."""
    row = Application.objects.select_for_update(of=("self",)).select_related("program").get(pk=application.pk)
    if step is not None and not rules.may_take(step, row.status):
        raise Refused("application_" + row.status, _WHY[row.status]())
    return row


_WHY = {
    "unconfirmed": lambda: _("The applicant has not confirmed their address yet."),
    "waiting": lambda: _("No question is open on this application."),
    "asked": lambda: _("This application waits for the applicant's answer."),
    "approved": lambda: _("This application is already approved."),
    "declined": lambda: _("This application is already declined."),
}
