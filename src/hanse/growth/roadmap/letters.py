"""Letters of the roadmap: the embargo is over, and those who kept it may speak."""

from __future__ import annotations

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from hanse.growth.reach.queries import may_write
from hanse.growth.roadmap.models import EmbargoAcceptance, Preview
from hanse.growth.templates.models import LetterKind
from hanse.kernel.ids import new_id
from hanse.programs.enrolments.models import Enrolment
from hanse.spine.outbox.actions import enqueue_bulk, portal_address
from hanse.spine.outbox.letters import Letter, mail_of


def tell_embargoes_over(now: datetime) -> int:
    """Tell those who accepted an embargo that is over, once each; one preview at a time. Returns how many were over.

    Call again while it returns something. Nobody is told of what was withdrawn.
    """
    over = Preview.objects.filter(embargo_until__lte=now, told_over_at=None).exclude(published_at=None)
    preview = over.select_for_update(of=("self",)).select_related("program").order_by("embargo_until", "id").first()
    if preview is None:
        return 0
    if preview.withdrawn_at is None:
        _tell(preview, now)
    Preview.objects.filter(pk=preview.pk).update(told_over_at=now)
    return 1


def _tell(preview: Preview, now: datetime) -> None:
    rows = EmbargoAcceptance.objects.filter(preview=preview, enrolment__status=Enrolment.Status.ACTIVE)
    people = {row.enrolment_id: row.enrolment.partner for row in rows.select_related("enrolment__partner")}
    reachable = may_write({one.pk for one in people.values()}, str(LetterKind.TRANSACTIONAL))
    mails = []
    for who, partner in people.items():
        if partner.pk in reachable:
            with translation.override(partner.language):
                mail = mail_of(_letter(preview), to=partner.email, language=partner.language)
            mails.append((new_id(now), f"embargo-over:{preview.pk}:{preview.number}:{who}", mail))
    enqueue_bulk(mails, now=now)


def _letter(preview: Preview) -> Letter:
    said, text = {"title": preview.title}, _("The embargo is over. From now on you may show it and write about it.")
    return Letter(
        subject=_("You may speak now: %(title)s") % said, title=preview.title,
        paragraphs=(text, _("Thank you for keeping it.")),
        link_label=_("See what is coming"), sender=preview.program.name, kicker=_("partner program"),
        link=portal_address("/p/resources/coming", preview.program.slug),
    )  # fmt: skip
