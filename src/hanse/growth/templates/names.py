"""Which names a letter uses, each against the documented context: unknown, unasked-for and unfit ones with places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from liquid import RenderContext
from liquid.ast import Node
from liquid.builtin.content import ContentNode
from liquid.builtin.expressions import FilteredExpression, LoopExpression, Path
from liquid.builtin.expressions.primitive import RangeLiteral
from liquid.builtin.output import OutputNode
from liquid.builtin.tags.for_tag import ForNode
from liquid.builtin.tags.if_tag import IfNode
from liquid.builtin.tags.unless_tag import UnlessNode
from liquid.expression import Expression
from liquid.template import BoundTemplate

from hanse.growth.templates.context import FACT, KNOWN, LOOP, Variable
from hanse.growth.templates.filters import FILTERS
from hanse.growth.templates.source import place
from hanse.growth.templates.tags import FactNode
from hanse.growth.templates.types import Place

_FITTING = {
    "money": ("amount",), "number": ("number",), "count": ("number",), "percent": ("share",), "day": ("day",),
    "upcase": ("text",), "capitalize": ("text",), "truncate": ("text",), "url_encode": ("text", "number"),
}  # fmt: skip
_NEEDED = {"amount": "money", "share": "percent", "day": "day"}


@dataclass(slots=True)
class Used:
    """What a letter uses: whole names, and kinds of facts; `any_fact` where it takes whatever is best."""

    names: set[str] = field(default_factory=set)
    facts: set[str] = field(default_factory=set)
    fact_blocks: int = 0
    any_fact: bool = False

    @property
    def groups(self) -> frozenset[str]:
        """The beginnings of the names: what has to be read."""
        return frozenset(name.partition(".")[0] for name in self.names)


def names_in(template: BoundTemplate, source: str, kinds: Iterable[str], used: Used) -> list[Place]:
    """Check every name of a parsed source; what is used goes to `used`. `kinds` are the facts that there are."""
    walk = _Walk(source, frozenset(kinds), used, RenderContext(template))
    for node in template.nodes:
        walk.visit(node, {}, frozenset())
    return walk.problems


Scope = Mapping[str, Mapping[str, Variable]]


class _Walk:
    """Goes through one syntax tree; `scope` are the names that loops and facts add, `asked` what an `if` asked for."""

    def __init__(self, source: str, kinds: frozenset[str], used: Used, context: RenderContext) -> None:
        self.source, self.kinds, self.used, self.context = source, kinds, used, context
        self.problems: list[Place] = []

    def visit(self, node: Node, scope: Scope, asked: frozenset[str]) -> None:
        if isinstance(node, ContentNode):
            return
        if isinstance(node, ForNode):
            self._loop(node, scope, asked)
            return
        if isinstance(node, OutputNode):
            self._output(node.expression, scope, asked)
        elif isinstance(node, FactNode):
            self._fact(node, scope, asked)
            return
        else:
            for expression in node.expressions():
                self._paths(expression, scope)
        if isinstance(node, IfNode | UnlessNode):
            asked |= {str(path) for expression in _conditions(node) for path in _paths_of(expression)}
        for child in node.children(self.context):
            self.visit(child, scope, asked)

    def _refuse(self, at: int, message: str, code: str) -> None:
        self.problems.append(place(self.source, at, message, code))

    def _loop(self, node: ForNode, scope: Scope, asked: frozenset[str]) -> None:
        loop: LoopExpression = node.expression
        for bound in (loop.limit, loop.offset):
            if bound is not None:
                self._paths(bound, scope)
        variable = None
        if isinstance(loop.iterable, Path):
            variable = self._known(loop.iterable, scope)
            if variable is not None and variable.kind != "list":
                self._refuse(
                    loop.iterable.token.start_index, _("“%s” is no list to go through.") % loop.iterable, "no_list"
                )
        else:
            what = _("a row of numbers") if isinstance(loop.iterable, RangeLiteral) else _("this")
            self._refuse(
                loop.token.start_index, _("A loop goes through a list of the context, not %s.") % what, "no_list"
            )
        items = (variable.items or {}) if variable else {}
        inner = {**scope, str(loop.identifier): items, "forloop": {}}
        self.visit(node.block, inner, asked)
        if node.default is not None:
            self.visit(node.default, scope, asked)

    def _fact(self, node: FactNode, scope: Scope, asked: frozenset[str]) -> None:
        self.used.fact_blocks += 1
        self.used.any_fact |= not node.kinds
        self.used.names.add("facts")
        for kind in node.kinds:
            self.used.facts.add(kind)
            if kind not in self.kinds:
                message = _("There is no fact “%(kind)s”. There are: %(kinds)s.")
                self._refuse(
                    node.token.start_index, message % {"kind": kind, "kinds": ", ".join(sorted(self.kinds))}, "no_fact"
                )
        items = {name.partition(".")[2]: variable for name, variable in FACT.items()}
        self.visit(node.block, {**scope, "fact": items}, asked)
        if node.default is not None:
            self.visit(node.default, scope, asked)

    def _output(self, expression: Expression, scope: Scope, asked: frozenset[str]) -> None:
        filters = (expression.filters or []) if isinstance(expression, FilteredExpression) else []
        left = expression.left if isinstance(expression, FilteredExpression) else expression
        for other in filters:
            if other.name not in FILTERS:
                message = _("A letter knows no filter “%(name)s”. There are: %(known)s.")
                said = {"name": other.name, "known": ", ".join(sorted(FILTERS))}
                self._refuse(other.token.start_index, message % said, "unknown_filter")
            for argument in other.children():
                self._paths(argument, scope)
        if not isinstance(left, Path):
            self._paths(left, scope)
            return
        at, name = left.token.start_index, str(left)
        variable = self._known(left, scope)
        if variable is None:
            return
        if variable.kind == "list":
            self._refuse(at, _("“%s” is a list: go through it with for.") % name, "is_list")
        elif variable.is_optional and name not in asked:
            message = _("“%(name)s” may be nothing. Put it inside {%% if %(name)s %%}…{%% endif %%}.")
            self._refuse(at, message % {"name": name}, "may_be_nothing")
        first = filters[0].name if filters else ""
        if first and variable.kind not in _FITTING.get(first, (variable.kind,)):
            message = _("“%(filter)s” does not fit “%(name)s”.")
            self._refuse(at, message % {"filter": first, "name": name}, "wrong_filter")
        elif (needed := _NEEDED.get(variable.kind)) and first != needed:
            self._refuse(at, _("Write {{ %(name)s | %(filter)s }}.") % {"name": name, "filter": needed}, "needs_filter")

    def _paths(self, expression: Expression, scope: Scope) -> None:
        if isinstance(expression, RangeLiteral):
            self._refuse(expression.token.start_index, _("A row of numbers is not for letters."), "no_list")
        for path in _paths_of(expression):
            self._known(path, scope)

    def _known(self, path: Path, scope: Scope) -> Variable | None:
        name, at = str(path), path.token.start_index
        head, dot, _rest = name.partition(".")
        if not all(isinstance(part, str) for part in path.path):
            self._refuse(at, _("Names are written with dots, like partner.first_name."), "bad_name")
            return None
        if head == "forloop" and "forloop" in scope and name in LOOP:
            return Variable("number", "", 1)
        if head in scope:
            known: Mapping[str, Variable] = {f"{head}.{item}": each for item, each in scope[head].items()}
            found = known.get(name)
        else:
            known, found = KNOWN, KNOWN.get(name)
            if found is not None:
                self.used.names.add(name)
                self.used.any_fact |= name == "facts"
        if found is None:
            self._unknown(at, name, [each for each in known if each.startswith(f"{head}.")] if dot else list(known))
        return found

    def _unknown(self, at: int, name: str, near: list[str]) -> None:
        message = _("There is no “%s” in a letter’s context.") % name
        if near and len(near) <= 12:
            message += " " + _("There are: %s.") % ", ".join(sorted(near))
        self._refuse(at, message, "unknown_name")


def _conditions(node: IfNode | UnlessNode) -> Iterator[Expression]:
    yield from node.expressions()
    for alternative in node.alternatives:
        yield from alternative.expressions()


def _paths_of(expression: Expression) -> Iterator[Path]:
    if isinstance(expression, Path):
        yield expression
    for child in expression.children():
        yield from _paths_of(child)
