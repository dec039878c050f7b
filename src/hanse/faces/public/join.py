"""The page to join a program, and the page where an applicant follows what becomes of it."""

from __future__ import annotations

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from hanse.faces.common.access import public_page, writes
from hanse.faces.common.format import span
from hanse.faces.common.problems import show_problems
from hanse.faces.common.reader import activate_zone
from hanse.faces.public.join_forms import AnswerForm, JoinForm, field_of, question_field
from hanse.faces.public.limits import client_address, hash_address, network_of, within_limit
from hanse.faces.public.offer import offer_of
from hanse.growth.invitations.actions import decline_invitation, open_invitation
from hanse.growth.invitations.models import Invitation
from hanse.growth.invitations.queries import invitation_by_secret
from hanse.growth.recruiting.actions import answer_question, confirm_application, submit_application
from hanse.growth.recruiting.automatic import rules_in
from hanse.growth.recruiting.forms import form_of
from hanse.growth.recruiting.models import Application
from hanse.growth.recruiting.queries import application_by_secret, usual_answer
from hanse.kernel import clock
from hanse.kernel.errors import HanseError, Invalid, NotFound, Refused
from hanse.programs.programs.models import Program

_WHOLE = 28  # a name up to this long is not broken over two lines of the headline


def _program(slug: str) -> Program:
    program = Program.objects.filter(slug=slug, archived_at=None).first()
    if program is None:
        raise Http404
    activate_zone(program.time_zone)
    return program


@public_page
@writes
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what a program offers and take applications."""
    return _page(request, _program(slug), None)


@public_page
@never_cache
@writes
@require_http_methods(["GET", "POST"])
def invited(request: HttpRequest, slug: str, secret: str) -> HttpResponse:
    """Show the page to join to somebody who was invited, with what is known filled in. Looking at it is counted."""
    program = _program(slug)
    try:
        with transaction.atomic():
            invitation = open_invitation(program, secret, now=clock.now())
    except NotFound as error:
        raise Http404 from error
    except Refused as refusal:
        context = {"program": program, "said": refusal.message, **_frame(program)}
        return render(request, "public/invitation_over.html", context, status=410)
    return _page(request, program, invitation)


@csrf_exempt  # the secret in the path proves enough, and mail programs send this POST by themselves (RFC 8058)
@public_page
@never_cache
@writes
@require_http_methods(["GET", "POST"])
def rather_not(request: HttpRequest, slug: str, secret: str) -> HttpResponse:
    """Let somebody who was invited say that they would rather not; nothing is written to them again."""
    program = _program(slug)
    try:
        row = invitation_by_secret(program.pk, secret)
        if request.method == "POST":
            row = decline_invitation(program, secret, now=clock.now())
    except NotFound as error:
        raise Http404 from error
    context = {"program": program, "invitation": row, **_frame(program)}
    return render(request, "public/rather_not.html", context)


def _page(request: HttpRequest, program: Program, invitation: Invitation | None) -> HttpResponse:
    posted = request.POST if request.method == "POST" else None
    content = form_of(program.pk, _number(request.POST.get("form", "")) if posted is not None else None)
    form = JoinForm(content, posted, initial={"form": content.number, **_known(invitation)})
    if posted is not None and form.is_valid() and _taken(request, program, form, invitation):
        return redirect("join_sent", slug=program.slug)
    tier_id = invitation.tier_id if invitation else None
    offer = offer_of(program, clock.now(), get_language() or "en", tier_id)
    is_read = not rules_in(program.pk).exists()  # else some are taken in by a rule
    context = {
        "program": program, "offer": offer, "form": form, "invitation": invitation, "is_read": is_read,
        **_frame(program),
    }  # fmt: skip
    return render(request, "public/join.html", context, status=422 if form.errors else 200)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else None


def _known(invitation: Invitation | None) -> dict[str, object]:
    """Return what an invitation fills in."""
    if invitation is None:
        return {}
    known = ("name", "email", "company", "website", "country")
    values = {name: getattr(invitation, name) for name in known} | {"channels": ", ".join(invitation.channels)}
    return values | {question_field(key): answer for key, answer in invitation.answers.items()}


def _frame(program: Program) -> dict[str, str]:
    name = program.name if len(program.name) > _WHOLE else program.name.replace(" ", "\u00a0")
    return {"brand": program.name, "brand_href": f"/join/{program.slug}", "name_whole": name}


def _sound(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum() or letter in "-_.~")


def _taken(request: HttpRequest, program: Program, form: JoinForm, invitation: Invitation | None) -> bool:
    """Take an application. Traps and floods get the same answer as everybody, and nothing is kept of them."""
    data, address = form.cleaned_data, client_address(request)
    if data["homepage"] or not within_limit("join", address, times=10, seconds=3600):
        return True
    try:
        with transaction.atomic():
            submit_application(
                program, name=data["name"], email=data["email"], channels=form.channel_list(),
                language=get_language() or "en", recruiter=_sound(request.GET.get("ref", "")),
                form_number=form.content.number, answers=form.answers(), invitation=invitation,
                origin={"ip_hash": hash_address(address, clock.now()), "network": network_of(request)},
                now=clock.now(), **form.standard(),
            )  # fmt: skip
    except HanseError as error:
        _show(form, error)
        return False
    return True


def _show(form: JoinForm, error: HanseError) -> None:
    """Put each problem beside its field."""
    if isinstance(error, Invalid):
        for problem in error.problems:
            name = field_of(problem.pointer)
            form.add_error(name if name in form.fields else None, problem.message)
    else:
        show_problems(form, error)


@public_page
@require_GET
def join_sent(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for the click in the mail."""
    program = _program(slug)
    return render(request, "public/join_sent.html", {"program": program, **_frame(program)})


@public_page
@require_GET
def join_terms(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the terms in plain words."""
    program = _program(slug)
    offer = offer_of(program, clock.now(), get_language() or "en")
    return render(request, "public/join_terms.html", {"program": program, "offer": offer, **_frame(program)})


@public_page
@never_cache
@writes
@require_http_methods(["GET", "POST"])
def application(request: HttpRequest, secret: str) -> HttpResponse:
    """Show an applicant their application; take the confirmation or the answer to a question."""
    try:
        row = application_by_secret(secret)
    except NotFound as error:
        raise Http404 from error
    form = AnswerForm(request.POST if "answer" in request.POST else None)
    if request.method == "POST" and _done(request, row, secret, form):
        return redirect("application", secret=secret)
    activate_zone(row.program.time_zone)
    context = {
        "application": row, "program": row.program, "form": form, "usual": _usual(row), **_frame(row.program)
    }  # fmt: skip
    return render(request, "public/application.html", context, status=422 if form.errors else 200)


def _done(request: HttpRequest, row: Application, secret: str, form: AnswerForm) -> bool:
    if not form.is_bound:
        confirm_application(secret, now=clock.now())
        return True
    if not form.is_valid():
        return False
    try:
        with transaction.atomic():
            answer_question(secret, answer=form.cleaned_data["answer"], now=clock.now())
    except HanseError as error:
        show_problems(form, error)
        return False
    return True


def _usual(row: Application) -> str:
    """Say how long others waited for an answer, where enough did."""
    wait = usual_answer(row.program_id) if row.status == "waiting" else None
    return span(wait, get_language() or "en") if wait is not None else ""
