"""The sandbox: Liquid with the few tags and filters that letters need, strict, bounded, and without any attribute.

Values are texts, numbers, lists and dictionaries of our own making; Liquid looks into dictionaries only.
"""

from __future__ import annotations

from functools import lru_cache

from liquid import Environment, StrictUndefined
from liquid.builtin.content import Literal
from liquid.builtin.illegal import Illegal
from liquid.builtin.output import Output
from liquid.builtin.tags.for_tag import ForTag
from liquid.builtin.tags.if_tag import IfTag
from liquid.builtin.tags.unless_tag import UnlessTag
from liquid.template import BoundTemplate

from hanse.growth.templates.filters import FILTERS
from hanse.growth.templates.tags import FactTag, GoTag


class Sandbox(Environment):
    """Liquid for letters: what is not registered here does not exist."""

    block_nesting_limit = 8
    context_depth_limit = 20
    loop_iteration_limit = 300
    output_stream_limit = 300_000
    suppress_blank_control_flow_blocks = False

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        """Register our few tags and filters, whatever is asked for."""
        for tag in (Literal, Output, Illegal, IfTag, UnlessTag, ForTag, FactTag, GoTag):
            self.add_tag(tag)
        for name, function in FILTERS.items():
            self.add_filter(name, function)


PLAIN = Sandbox(undefined=StrictUndefined, strict_filters=True)
HTML = Sandbox(undefined=StrictUndefined, strict_filters=True, autoescape=True)


@lru_cache(maxsize=512)
def parsed(source: str, is_html: bool) -> BoundTemplate:
    """Parse a source once. Raises LiquidError."""
    return (HTML if is_html else PLAIN).from_string(source)
