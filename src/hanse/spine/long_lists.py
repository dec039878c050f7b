"""`__in` with a long list of ids or texts as one parameter, where Django would write a placeholder for each value.

A batch of the pipeline asks for thousands of ids again and again; preparing, hashing and compiling every one of them
cost as much as the database's answer, and SQLite limits how many there may be.
"""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.db.models import CharField, ForeignKey, UUIDField
from django.db.models.fields.related_lookups import RelatedIn
from django.db.models.lookups import In

LONG = 20  # fewer are written out: the planner then knows how many there are


class _LongList:
    """Takes a list whose values are all of one plain type past Django's preparation of each."""

    rhs: Any
    plain: type
    long_list: tuple[Any, ...] | None = None

    def get_prep_lookup(self) -> Any:
        """Keep a long, plain list as it is; leave everything else to Django."""
        is_list = isinstance(self.rhs, set | frozenset | list | tuple | dict)
        if is_list and len(self.rhs) > LONG and set(map(type, self.rhs)) == {self.plain}:
            self.long_list = tuple(self.rhs)
            return self.rhs
        return super().get_prep_lookup()  # type: ignore[misc]  # the lookup that this is mixed into

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Hand the list over as JSON."""
        if self.long_list is None:
            return super().as_sql(compiler, connection, **context)  # type: ignore[misc]
        sql, params = self.process_lhs(compiler, connection)  # type: ignore[attr-defined]
        values = [one.hex for one in self.long_list] if self.plain is UUID else self.long_list
        return f"{sql} IN (SELECT value FROM json_each(%s))", (*params, json.dumps(values))  # noqa: S608  # a column

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Hand the list over as an array."""
        if self.long_list is None:
            return super().as_sql(compiler, connection, **context)  # type: ignore[misc]
        sql, params = self.process_lhs(compiler, connection)  # type: ignore[attr-defined]
        return f"{sql} = ANY(%s)", (*params, list(self.long_list))


class _InIds(_LongList, In):
    plain = UUID


class _InTexts(_LongList, In):
    plain = str


class _InRelated(_LongList, RelatedIn):
    plain = UUID


def install() -> None:
    """Let fields that hold ids and texts use it; called once, when the apps are ready."""
    UUIDField.register_lookup(_InIds)
    CharField.register_lookup(_InTexts)
    ForeignKey.register_lookup(_InRelated)
