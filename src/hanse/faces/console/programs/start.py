"""Start my own program: five questions, then a link, a snippet and a test sale."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import available_timezones

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hanse.faces.common.access import actor, console_page, may, team_member, writes
from hanse.faces.common.page import console
from hanse.faces.console.acts import CHANGE, KEYS
from hanse.faces.console.forms import PlainForm, attempt
from hanse.faces.console.programs.common import program_of
from hanse.faces.console.programs.words import CURRENCIES
from hanse.faces.console.settings.tracking import setup
from hanse.kernel import clock
from hanse.kernel.errors import Invalid, Problem
from hanse.kernel.ids import text_id
from hanse.kernel.money import is_currency, parse_rate_ppm
from hanse.money.commissions.models import Commission
from hanse.people.partners.actions import create_partner
from hanse.people.partners.queries import partner_by_email
from hanse.programs.enrolments.actions import enrol
from hanse.programs.offers.actions import create_offer
from hanse.programs.programs.actions import create_program
from hanse.programs.programs.models import Program
from hanse.programs.programs.rules import free_variant
from hanse.programs.terms.actions import publish_terms
from hanse.spine.checks import Checks
from hanse.traffic.clicks.models import Click
from hanse.traffic.conversions.models import Conversion
from hanse.traffic.links.actions import create_link
from hanse.traffic.links.models import Link

_POINTERS = {"destination_url": "website", "slug": "name", "clauses": "rate"}


class StartForm(PlainForm):
    """The five questions."""

    name = forms.CharField(label=gettext_lazy("What is your shop called?"), max_length=120)
    website = forms.CharField(
        label=gettext_lazy("Where shall links lead?"), max_length=300,
        widget=forms.TextInput(attrs={"placeholder": "https://www.example.com/", "inputmode": "url"}),
    )  # fmt: skip
    currency = forms.ChoiceField(label=gettext_lazy("In which currency do you sell?"))
    time_zone = forms.ChoiceField(label=gettext_lazy("Where does your day begin?"))
    rate = forms.CharField(
        label=gettext_lazy("What does a partner earn of each sale?"), max_length=12, initial="10%",
        help_text=gettext_lazy("A percentage after discount, before tax and shipping. You can refine it later."),
    )  # fmt: skip
    partner_name = forms.CharField(
        label=gettext_lazy("Who is the first partner?"), max_length=200,
        help_text=gettext_lazy("Yourself is fine: to see how it works."),
    )  # fmt: skip
    partner_email = forms.CharField(
        label=gettext_lazy("The partner’s e-mail"), max_length=254, widget=forms.EmailInput()
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = sorted(name for name in available_timezones() if "/" in name or name == "UTC")
        self.fields["time_zone"].choices = [(zone, zone) for zone in zones]  # type: ignore[attr-defined]
        self.fields["currency"].choices = [(code, code) for code in CURRENCIES if is_currency(code)]  # type: ignore[attr-defined]

    def clean_website(self) -> str:
        """Return an address that links may lead to. It is stored in three places; its mistakes are told once."""
        checks = Checks()
        address = checks.web_address("website", str(self.cleaned_data["website"]), required=True)
        if checks.problems:
            raise forms.ValidationError([problem.message for problem in checks.problems])
        return address

    def clean_rate(self) -> str:
        """Return a percentage; a bare number is taken as one."""
        text = str(self.cleaned_data["rate"]).strip()
        text = text if text.endswith("%") else f"{text}%"
        try:
            parse_rate_ppm(text)
        except Invalid as invalid:
            raise forms.ValidationError([problem.message for problem in invalid.problems]) from invalid
        return text.replace(",", ".").replace(" ", "")


@console_page(roles=CHANGE, write_roles=CHANGE)
@writes
def new(request: HttpRequest) -> HttpResponse:
    """Ask the five questions; the answers make a program that can take its first click."""
    person = team_member(request)
    first = {"time_zone": person.time_zone or "Europe/London", "currency": "EUR", "partner_email": person.email}
    form = StartForm(request.POST or None, initial={**first, "partner_name": person.name})
    if request.method == "POST" and form.is_valid():
        started = attempt(form, lambda: _start(form.cleaned_data, clock.now(), actor(request)), _POINTERS)
        if started:
            request.session["program"] = started.slug
            return HttpResponseRedirect(reverse("console:program_ready", args=[started.slug]), status=303)
    context = {"form": form}
    return console(request, "console/programs/new.html", "programs", context, status=422 if form.errors else 200)


def _start(said: dict[str, Any], now: datetime, by: str) -> Program:
    program = create_program(
        name=said["name"], slug=_free_slug(said["name"]), currency=said["currency"], time_zone=said["time_zone"],
        website=said["website"], fallback_url=said["website"], now=now, by=by,
    )  # fmt: skip
    offer = create_offer(program, name=said["name"], destination_url=said["website"], now=now, by=by)
    body = {"clauses": [{"kind": "percent", "rate": said["rate"], "goal": "sale"}]}
    publish_terms(program=program, body=body, name=_("Terms for every partner"), starts_at=now, now=now, by=by)
    partner = partner_by_email(said["partner_email"]) or _create_partner(said, now, by)
    enrolment = enrol(partner, program, enrolled_at=now, now=now, by=by)
    create_link(enrolment, offer, now=now, by=by)
    return program


def _create_partner(said: dict[str, Any], now: datetime, by: str) -> Any:
    try:
        return create_partner(
            name=said["partner_name"], email=said["partner_email"], time_zone=said["time_zone"], now=now, by=by
        )
    except Invalid as invalid:
        problems = [Problem(f"/partner_{problem.pointer.strip('/')}", problem.message) for problem in invalid.problems]
        raise Invalid(problems) from invalid


def _free_slug(name: str) -> str:
    wanted = slugify(name)[:50].strip("-") or "program"
    taken = {"new", *Program.objects.filter(slug__startswith=wanted).values_list("slug", flat=True)}
    return free_variant(wanted, taken, 60) if wanted in taken else wanted


class Progress(NamedTuple):
    """How far a new program has come on its way to the first commission."""

    click: Click | None
    conversion: Conversion | None
    commission: Commission | None
    commission_id: str


@console_page()
def ready(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the link, the snippet and the test sale of a new program."""
    program = program_of(request, slug)
    link = Link.objects.filter(enrolment__program=program, archived_at=None).order_by("created_at").first()
    context = {
        **setup(program, request), "link": link, "progress": _progress(program), "may_make_key": may(request, KEYS),
        "join_link": reverse("console:program", args=[program.slug]),
    }  # fmt: skip
    return console(request, "console/programs/ready.html", "programs", context)


@console_page()
def progress(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer with how far the test has come; the page asks every two seconds."""
    program = program_of(request, slug)
    return render(request, "console/programs/progress.html", {"program": program, "progress": _progress(program)})


def _progress(program: Program) -> Progress:
    click = Click.objects.filter(program_id=program.pk).order_by("-occurred_at").first()
    conversion = Conversion.objects.filter(program=program).order_by("-received_at").first()
    commission = Commission.objects.filter(program=program).order_by("-accrued_at").first()
    return Progress(click, conversion, commission, text_id("com", commission.pk) if commission else "")
