"""The hidden fields of every form: Django's token against forgery, and the program that the form was drawn in."""

from __future__ import annotations

from django import template
from django.template.base import Parser, Token
from django.template.context import Context
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html
from django.utils.safestring import SafeString

from hanse.faces.common.drawn_in import FIELD, drawn_in

register = template.Library()


class _FormNode(CsrfTokenNode):
    """Writes both fields, so that no form can forget one."""

    def render(self, context: Context) -> SafeString:
        """Return the fields; pages that lie in no program have the token only."""
        program = drawn_in(context.get("request"))
        field = format_html('<input type="hidden" name="{}" value="{}">', FIELD, program) if program else ""
        return SafeString(super().render(context) + field)


@register.tag("csrf_token")
def csrf_token(_parser: Parser, _token: Token) -> _FormNode:
    """Stand in for Django's own tag."""
    return _FormNode()
