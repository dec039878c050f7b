"""What a fault is called, and why it happened, in the words that the team and its partners read."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from hanse.growth.watch.types import Fault


def title_of_fault(fault: Fault) -> str:
    """Return a fault in a few words; it ends the sentence “Since …: …”."""
    host, about = str(fault.about.get("host", "")), fault.about
    if fault.kind == "token_lost":
        return _("orders paid at %(host)s lost the click that led to them") % {"host": host or _("the checkout")}
    if fault.kind == "link_broken":
        return _("pages of %(host)s that links lead to do not answer") % {"host": host}
    if about.get("links") is None:
        return _("links are clicked, but nothing is sold through any of them")
    return _("the link %(slug)s is clicked, but nothing is sold through it") % {"slug": about.get("slug", "")}


def cause_of_fault(fault: Fault) -> str:
    """Return why it happened, as far as the data tell."""
    about: Mapping[str, object] = fault.about
    if fault.kind == "token_lost" and about.get("is_unlisted"):
        return _("The checkout at %(host)s is not on our list of domains, so the click is lost at the last step.") % {
            "host": about.get("host")
        }
    if fault.kind == "token_lost":
        return _("Orders there come with far fewer clicks than usual. Something between shop and checkout loses them.")
    if fault.kind == "link_broken":
        reasons = fault.evidence.get("reasons")
        first = str(reasons[0]) if isinstance(reasons, list) and reasons else ""
        if first.startswith("status_"):
            return _("Our page answers with an error (%(status)s). That is our mistake, not yours.") % {
                "status": first.removeprefix("status_")
            }
        return _("Our page cannot be reached. That is our mistake, not yours.")
    return _("People come through as before, and then nothing is counted. We look for the reason.")
