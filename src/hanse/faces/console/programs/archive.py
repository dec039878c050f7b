"""Taking a program out of the lists."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from hanse.faces.common.access import actor, console_page, writes
from hanse.faces.console.acts import CHANGE
from hanse.faces.console.forms import attempt_or_warn
from hanse.faces.console.programs.common import program_of
from hanse.kernel import clock
from hanse.programs.programs.actions import archive_program


@console_page(roles=CHANGE, write_roles=CHANGE)
@writes
def archive(request: HttpRequest, slug: str) -> HttpResponse:
    """Archive a program with a reason: nothing new begins in it, what is owed is paid."""
    program = program_of(request, slug)
    if request.method == "POST":
        reason = request.POST.get("reason", "").strip()[:500]
        attempt_or_warn(
            request,
            lambda: archive_program(program, reason=reason, now=clock.now(), by=actor(request)),
            _("%(name)s is archived. What is owed in it will still be paid.") % {"name": program.name},
        )
    return HttpResponseRedirect(reverse("console:programs"), status=303)
