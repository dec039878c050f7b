"""Words for what the tables of prospects keep as keys."""

from __future__ import annotations

from django.utils.translation import gettext as _


def stage_names() -> dict[str, str]:
    """Return the stages in words, in order."""
    return {
        "prospect": _("Prospect"),
        "qualified": _("Qualified"),
        "contacted": _("Contacted"),
        "talks": _("In talks"),
        "signed": _("Signed"),
        "onboarding": _("Onboarding"),
        "active": _("Active"),
        "closed": _("Closed"),
    }


def source_names() -> dict[str, str]:
    """Return where prospects come from, in words."""
    return {
        "candidate": _("named by customers"),
        "referral": _("brought by a partner"),
        "hand": _("by hand"),
        "import": _("from a list"),
        "application": _("applied"),
    }


def remark_names() -> dict[str, str]:
    """Return what stands on a timeline, in words."""
    return {"note": _("Note"), "sent": _("Letter sent"), "reply": _("Reply")}
