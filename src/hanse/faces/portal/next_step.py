"""The next step in words: one title, one sentence, one button; and the way that it belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hanse.faces.common.access import actor, portal_page, writes
from hanse.faces.common.page import tell, warn
from hanse.faces.console.forms import said
from hanse.faces.portal.seat import Seat, needs_seat
from hanse.growth.onboarding.actions import mark_step
from hanse.growth.onboarding.queries import progress_of
from hanse.growth.onboarding.rules import is_by_hand
from hanse.growth.onboarding.types import Progress, Step
from hanse.growth.onboarding.words import step_title
from hanse.growth.training.queries import lessons_for
from hanse.growth.training.types import TRAINING
from hanse.kernel import clock
from hanse.kernel.errors import HanseError
from hanse.kernel.ids import text_id
from hanse.traffic.links.models import Link
from hanse.traffic.links.queries import link_address


@dataclass(frozen=True, slots=True)
class NextStep:
    """What helps most now. With `copy` the button copies, else it leads to `href`.

    With `mark` the partner says that it is done; `asks_address` wants the address of what was published.
    """

    title: str
    text: str
    act: str
    href: str = ""
    copy: str = ""
    copied_path: str = ""
    link: str = ""
    mark: str = ""
    asks_address: bool = False
    opens: str = ""


@dataclass(frozen=True, slots=True)
class WayStep:
    """One step of the partner's way."""

    title: str
    done_on: date | None
    is_next: bool
    is_ours: bool


@dataclass(frozen=True, slots=True)
class Way:
    """The partner's way to the first payout; shown until that has come."""

    steps: Sequence[WayStep]
    done: int

    @property
    def whole(self) -> int:
        """How many steps there are."""
        return len(self.steps)


def next_step_of(seat: Seat, *, has_new_terms: bool) -> tuple[NextStep, Way | None]:
    """Return the partner's next step, and the way while it is not at its end. A fixed number of queries."""
    progress = progress_of(seat.enrolment, skip=() if has_new_terms else ("terms",))
    best, following = _best_link(seat), progress.next
    has_sold = any(one.step.kind == "sale" and one.done_on for one in progress.steps)
    if has_new_terms:
        step = _terms()
    elif (following is not None and following.kind not in ("copied", "click", "sale")) or best is None:
        step = _of_path(seat, following, has_sold=has_sold)
    else:
        step = _copy(following.kind if following else "", best)
    return step, _way(progress, following if not has_new_terms or (following and following.kind == "terms") else None)


def _of_path(seat: Seat, following: Step | None, *, has_sold: bool) -> NextStep:
    if following is None:
        return _make_link()
    lesson = _lesson(seat, following) if following.kind == "training" else None
    return lesson or _own(following, has_sold=has_sold)


def _way(progress: Progress, following: Step | None) -> Way | None:
    by_kind = {placed.step.kind: placed for placed in progress.steps}
    paid = by_kind.get("payout")
    if progress.completed_on is not None or (paid is not None and paid.done_on is not None):
        return None
    steps = [
        WayStep(step_title(one.step), one.done_on, one.step is following, one.step.who != "partner")
        for one in progress.steps
    ]
    return Way(steps, progress.done)


def _best_link(seat: Seat) -> Link | None:
    """Return the link that sold most, else the newest."""
    open_links = seat.scope.links().filter(archived_at=None).select_related("enrolment")
    sold = seat.scope.credits().exclude(link_number=None).values("link_number").annotate(n=Count("pk")).order_by("-n")
    numbers = [int(row["link_number"] or 0) for row in sold[:5]]
    by_number = {link.number: link for link in open_links.filter(number__in=numbers)} if numbers else {}
    found = next((by_number[number] for number in numbers if number in by_number), None)
    return found or open_links.order_by("-created_at", "-pk").first()


def _terms() -> NextStep:
    text = _("What you earned before stays as it is. It takes a minute.")
    return NextStep(_("Read and accept your terms"), text, _("Read them"), reverse("portal:terms"))


def _make_link() -> NextStep:
    text = _("Everything starts with one link. It takes a minute.")
    return NextStep(_("Make your first link"), text, _("Make a link"), reverse("portal:links"))


def _lesson(seat: Seat, step: Step) -> NextStep | None:
    """Return the way to a lesson of ours that a step of training stands for; None where it is taught elsewhere
    or not for her to read now."""
    keys = {one.lesson.key for one in lessons_for(seat.enrolment)}
    if step.key not in keys and (step.key != TRAINING or not keys):
        return None
    path = reverse("portal:lesson", args=[step.key]) if step.key in keys else reverse("portal:lessons")
    text = step.text or _("Five minutes, and a question or two.")
    return NextStep(step_title(step), text, _("Open the lesson"), path)


def _own(step: Step, *, has_sold: bool) -> NextStep:
    if step.kind == "details":
        text = _("Then your first payout comes without delay.")
        if has_sold:
            text = _("You have earned something, and we do not know yet where to send it.")
        title = _("Tell us where your money goes")
        return NextStep(title, text, _("Enter the account"), reverse("portal:payout_details"))
    if step.kind == "piece":
        text = step.text or _("A post, a video, a letter: where your link stands. We look at it and help.")
        return NextStep(step_title(step), text, _("It is published"), mark=step.key, asks_address=True)
    if is_by_hand(step):
        return NextStep(step_title(step), step.text, _("I have done it"), mark=step.key, opens=step.address)
    return _make_link()


def _copy(kind: str, link: Link) -> NextStep:
    title, text = {
        "copied": (
            _("Put your link where you already talk to people"),
            _("One place is enough for a first sale: a post, a newsletter, your profile."),
        ),
        "click": (
            _("Get your first click"),
            _("Nobody has followed your link yet. Say in one sentence why you like it, then put it right behind."),
        ),
        "sale": (
            _("Your first sale is near"),
            _("People follow your link. Show one thing you would buy yourself; a link straight to it sells best."),
        ),
    }.get(kind, (_("Your link that sells best"), _("Put it where your readers have not seen it yet.")))
    address = link_address(link)
    return NextStep(
        title, text, _("Copy the link"), copy=address, link=address.partition("://")[2],
        copied_path=reverse("portal:link_copied", args=[text_id("lnk", link.pk)]),
    )  # fmt: skip


@portal_page
@require_POST
@writes
@needs_seat
def step_done(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Take the partner's word that a step of their own is done."""
    key, address = request.POST.get("step", "")[:40], request.POST.get("address", "")
    try:
        mark_step(seat.enrolment, key, address=address, now=clock.now(), by=actor(request), is_partner=True)
    except HanseError as error:
        warn(request, said(error))
    else:
        tell(request, _("Thank you. One step further."))
    return HttpResponseRedirect(reverse("portal:home"))
