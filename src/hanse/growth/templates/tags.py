"""The two tags of our own: `fact`, which drops with its sentence, and `go`, which counts an address."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from html import escape, unescape
from typing import Final, TextIO

from liquid import RenderContext
from liquid.ast import BlockNode, Node
from liquid.builtin.expressions import Identifier
from liquid.exceptions import LiquidSyntaxError
from liquid.parser import get_parser
from liquid.stream import TokenStream
from liquid.tag import Tag
from liquid.token import TOKEN_EXPRESSION, TOKEN_TAG, Token

DROPPED: Final = ("\ue010", "\ue011")  # around the number of a block that was left out; no text has these characters
TOLD: Final = ("\ue012", "\ue013", "\ue014")  # before a fact, before its number, after it


@dataclass(slots=True)
class Telling:
    """What happened to the fact blocks of one letter, and how addresses are written in it."""

    facts: list[Mapping[str, object]]
    address_of: Callable[[str], str] = str
    is_marked: bool = False
    met: int = 0
    told: list[Mapping[str, object]] = field(default_factory=list)
    dropped: list[tuple[tuple[str, ...], str]] = field(default_factory=list)


class FactNode(Node):
    """`{% fact "kind" %}…{% else %}…{% endfact %}`: shown with the fact, else its else, else nothing."""

    __slots__ = ("block", "default", "kinds", "source")

    def __init__(self, token: Token, kinds: tuple[str, ...], block: BlockNode, default: BlockNode | None) -> None:
        super().__init__(token)
        self.kinds, self.block, self.default = kinds, block, default
        self.blank = False

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        """Show the block with the first kind that there is; without kinds with the best fact not told yet."""
        telling = context.resolve("__telling__")
        assert isinstance(telling, Telling)
        found = self._find(telling)
        telling.met += self.default is None
        if found is None:
            if self.default is not None:
                return self.default.render(context, buffer)
            telling.dropped.append((self.kinds, str(self.block)))
            return buffer.write(f"{DROPPED[0]}{len(telling.dropped) - 1}{DROPPED[1]}") if telling.is_marked else 0
        if found not in telling.told:
            telling.told.append(found)
        shown = dict(found)
        if telling.is_marked:
            number = telling.told.index(found) + 1
            shown["sentence"] = f"{TOLD[0]}{found['sentence']}{TOLD[1]}{number}{TOLD[2]}"
        with context.extend({"fact": shown}):
            return self.block.render(context, buffer)

    def _find(self, telling: Telling) -> Mapping[str, object] | None:
        by_kind = {str(fact["kind"]): fact for fact in reversed(telling.facts)}
        if not self.kinds:
            return next((fact for fact in telling.facts if fact not in telling.told), None)
        return next((by_kind[kind] for kind in self.kinds if kind in by_kind), None)

    def children(self, static_context: RenderContext, *, include_partials: bool = True) -> Iterable[Node]:
        """Return the block, and its else."""
        yield self.block
        if self.default is not None:
            yield self.default

    def block_scope(self) -> Iterable[Identifier]:
        """Name what the block adds."""
        yield Identifier("fact", token=self.token)


class FactTag(Tag):
    """Reads `{% fact %}`."""

    name, end = "fact", "endfact"

    def parse(self, stream: TokenStream) -> Node:
        """Read the kinds, in quotes and with commas between them."""
        token = stream.eat(TOKEN_TAG)
        kinds: tuple[str, ...] = ()
        if stream.current.kind == TOKEN_EXPRESSION:
            words = [word.strip() for word in stream.current.value.split(",")]
            if not all(len(word) > 2 and word[0] in "\"'" and word[-1] == word[0] for word in words):
                raise LiquidSyntaxError('a fact is named in quotes, like fact "best_product"', token=stream.current)
            kinds = tuple(word[1:-1] for word in words)
            next(stream)
        parse_block = get_parser(self.env).parse_block
        block = parse_block(stream, frozenset(("else", "endfact")))
        default = None
        if stream.current.is_tag("else"):
            next(stream)
            if stream.current.kind == TOKEN_EXPRESSION:
                next(stream)
            default = parse_block(stream, frozenset(("endfact",)))
        stream.expect(TOKEN_TAG, value="endfact")
        return FactNode(token, kinds, block, default)


class GoNode(Node):
    """`{% go %}address{% endgo %}`: the address as it stands in this partner's letter. Written by us alone."""

    __slots__ = ("block",)

    def __init__(self, token: Token, block: BlockNode) -> None:
        super().__init__(token)
        self.block = block
        self.blank = False

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        """Write the block and hand its text to whoever counts clicks."""
        telling = context.resolve("__telling__")
        assert isinstance(telling, Telling)
        own = context.get_buffer(buffer)
        self.block.render(context, own)
        written = own.getvalue()
        address = unescape(written) if context.env.autoescape else written
        counted = telling.address_of(address)
        return buffer.write(escape(counted) if context.env.autoescape else counted)

    def children(self, static_context: RenderContext, *, include_partials: bool = True) -> Iterable[Node]:
        """Return the block."""
        yield self.block


class GoTag(Tag):
    """Reads `{% go %}`."""

    name, end = "go", "endgo"

    def parse(self, stream: TokenStream) -> Node:
        """Read the block."""
        token = stream.eat(TOKEN_TAG)
        block = get_parser(self.env).parse_block(stream, frozenset(("endgo",)))
        stream.expect(TOKEN_TAG, value="endgo")
        return GoNode(token, block)
