"""Domains: hosts of the program's own on which its links live."""

from __future__ import annotations

from ipaddress import ip_address

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.links import id_or_404
from hanse.faces.common.page import needs_program, tell
from hanse.faces.console.acts import CHANGE
from hanse.faces.console.forms import PlainForm, attempt, attempt_or_warn
from hanse.faces.console.settings.frame import settings_page
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.programs.domains.actions import add_domain, own_host, remove_domain
from hanse.programs.domains.models import Domain
from hanse.programs.domains.queries import domains_of, link_base
from hanse.programs.programs.models import Program


class DomainForm(PlainForm):
    """A host to serve links on."""

    host = forms.CharField(
        label=gettext_lazy("Domain"), max_length=300,
        help_text=gettext_lazy("A name you own and use for links only, like go.shop.example."),
    )  # fmt: skip


@console_page(write_roles=CHANGE)
@writes
@needs_program
def domains(request: HttpRequest, program: Program) -> HttpResponse:
    """List the program's domains with what DNS must say; a POST adds one."""
    form = DomainForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        host = form.cleaned_data["host"]
        added = attempt(form, lambda: add_domain(program, host=host, now=clock.now(), by=actor(request)))
        if added:
            tell(request, _("%(host)s is added. Now its DNS record.") % {"host": added.host})
            return _back()
    rows = [{"id": text_id("dom", domain.pk), "domain": domain} for domain in domains_of(program.pk)]
    context = {
        "program": program, "form": form, "rows": rows, "target": _target(own_host()), "base": link_base(program.pk),
        "may_change": may(request, CHANGE),
    }  # fmt: skip
    status = 422 if form.errors else 200
    return settings_page(request, "console/settings/domains.html", "domains", context, status=status)


@console_page(write_roles=CHANGE)
@require_POST
@writes
@needs_program
def remove(request: HttpRequest, program: Program, domain_id: str) -> HttpResponse:
    """Stop serving links on a domain."""
    domain = get_object_or_404(Domain, pk=id_or_404("dom", domain_id), program=program)
    host = domain.host
    attempt_or_warn(
        request,
        lambda: remove_domain(domain, now=clock.now(), by=actor(request)),
        _("Links no longer work on %(host)s.") % {"host": host},
    )
    return _back()


def _target(host: str) -> str:
    """Return what a DNS record says that points to us: A or AAAA where we are known by an address only."""
    try:
        return f"{'A' if ip_address(host).version == 4 else 'AAAA'} {host}"
    except ValueError:
        return f"CNAME {host}."


def _back() -> HttpResponse:
    return HttpResponseRedirect(reverse("console:domains"), status=303)
