"""Applications in words: what a risk is, what a rule asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from hanse.growth.recruiting.types import Question, Risk


def risk_words(risk: Risk) -> str:
    """Say what was noticed, with what it was found in."""
    words = {
        "same_mailbox": _("The same mailbox as %(about)s, written another way"),
        "same_phone": _("The same phone number as %(about)s"),
        "same_place": _("Names a place that belongs to %(about)s"),
        "same_network": _("Sent from the same connection as %(about)s on the same day"),
        "declined_before": _("Declined before, as %(about)s"),
        "suspended_before": _("Shares details with %(about)s, who is suspended"),
        "disposable": _("The address is made to be thrown away (%(about)s)"),
        "country_mismatch": _("Sent from another country than they say (%(about)s)"),
        "hidden_network": _("Sent through a data centre or a relay, not a usual connection"),
        "own_team": _("The address of a colleague (%(about)s)"),
        "brand_word": _("Uses the brand’s own name: %(about)s"),
    }
    return words.get(risk.kind, risk.kind) % {"about": risk.about or _("a partner of another program")}


def kind_names() -> dict[str, str]:
    """Return the kinds of questions in words."""
    return {
        "text": _("one line"), "long": _("some lines"), "choice": _("a choice"), "link": _("a link"),
        "yes_no": _("yes or no"),
    }  # fmt: skip


def standard_names() -> dict[str, str]:
    """Return our own fields that a form may leave out, in words."""
    return {
        "message": _("What they would show first"), "company": _("Company"), "phone": _("Phone"),
        "website": _("Website"), "references": _("References"), "country": _("Country"),
    }  # fmt: skip


def how_names() -> dict[str, str]:
    """Return how a field may be asked, in words."""
    return {"required": _("must be filled in"), "asked": _("if they like"), "left_out": _("not asked")}


def rule_fields(questions: Sequence[Question] = ()) -> dict[str, str]:
    """Return what a rule can ask, in words; own questions by their text."""
    return {
        "applicant.is_invited": _("was invited"),
        "applicant.is_brought_by_partner": _("was brought by a partner"),
        "applicant.is_prospect": _("is in the pipeline"),
        "applicant.named_by": _("customers who named them"),
        "applicant.country": _("country"),
        "applicant.language": _("language"),
        "applicant.email_domain": _("part of the address after @"),
        "applicant.company": _("company"),
        "applicant.channels": _("places"),
        "applicant.channel_count": _("number of places"),
        **{f"answer.{question.key}": f"“{question.label}”" for question in questions},
    }


def operator_names() -> dict[str, str]:
    """Return the ways to compare, in words."""
    return {
        "eq": _("is"), "ne": _("is not"), "in": _("is one of"), "not_in": _("is none of"), "gte": _("at least"),
        "lte": _("at most"), "contains": _("contains"), "ends_with": _("ends with"), "exists": _("is filled in"),
    }  # fmt: skip


def condition_words(condition: Mapping[str, Any], questions: Sequence[Question] = ()) -> str:
    """Say a condition as a sentence; groups in brackets."""
    names, operators = rule_fields(questions), operator_names()
    for how, joined in (("all", _("and")), ("any", _("or"))):
        if how in condition:
            parts = [condition_words(one, questions) for one in condition[how]]
            return f" {joined} ".join(f"({part})" if len(parts) > 1 and _is_group(one) else part
                                      for part, one in zip(parts, condition[how], strict=True))  # fmt: skip
    field, value = str(condition.get("field", "")), condition.get("value")
    name, operator = names.get(field, field), operators.get(str(condition.get("op")), str(condition.get("op")))
    if isinstance(value, bool) and field.startswith("answer."):
        return f"{name} {operator} {_('yes') if value else _('no')}"
    if isinstance(value, bool):
        return name if value else _("not: %(what)s") % {"what": name}
    said = ", ".join(str(one) for one in value) if isinstance(value, list | tuple) else str(value)
    return f"{name} {operator} {said}"


def _is_group(condition: Mapping[str, Any]) -> bool:
    return "all" in condition or "any" in condition
