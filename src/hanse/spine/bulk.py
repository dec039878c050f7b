"""Writing many rows at once, past the ORM's cost for each object, the same on SQLite and PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any

from django.db import connections, models, router

Row = Mapping[str, object]
Adapter = Callable[[Any], Any]

# PostgreSQL cannot end a client that stands still in the middle of a COPY: its locks would hold up the next leader for
# as long as the machine lives. So batches insert, and only loads that nobody waits for are copied.
COPIED_FROM = 5_000


def insert_many(model: type[models.Model], rows: Sequence[Row], *, ignore_known: bool = False) -> None:
    """Insert rows given as mappings from column attribute (`program_id`, not `program`) to value, in one statement.

    All rows have the keys of the first; columns left out get the model's default. With `ignore_known` a row whose
    unique key exists is skipped, else IntegrityError. No signals, no validation: callers have checked.
    """
    if not rows:
        return
    connection = connections[router.db_for_write(model)]
    shape = _inserting(model, tuple(rows[0]), connection.vendor)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and not ignore_known and len(rows) >= COPIED_FROM:
            with connection.wrap_database_errors, cursor.copy(shape.copy_sql) as copy:
                for values in shape.adapted(rows):
                    copy.write_row(values)
        else:
            known = " ON CONFLICT DO NOTHING" if ignore_known else ""
            cursor.executemany(shape.insert_sql + known, list(shape.adapted(rows)))


def update_many(model: type[models.Model], rows: Sequence[Row]) -> None:
    """Set columns of many rows by their primary key; each row holds the key's attribute and the columns to set."""
    if not rows:
        return
    connection = connections[router.db_for_write(model)]
    key = _primary_key(model)
    names = (*(name for name in rows[0] if name != key), key)
    shape = _Shape(model, names, connection.vendor)
    settings = ", ".join(f"{column} = %s" for column in shape.columns[:-1])
    sql = f"UPDATE {shape.table} SET {settings} WHERE {shape.columns[-1]} = %s"  # noqa: S608  # our own models' names
    with connection.cursor() as cursor:
        cursor.executemany(sql, list(shape.adapted(rows)))


def add_many(model: type[models.Model], keys: Sequence[str], rows: Sequence[Row]) -> None:
    """Add numbers to the rows with a unique key, making a row where there is none.

    `keys` are the columns of the unique constraint; every other column given is a number that is added.
    """
    if not rows:
        return
    connection = connections[router.db_for_write(model)]
    names = tuple(rows[0])
    shape = _inserting(model, names, connection.vendor)
    columns = dict(zip(names, shape.columns, strict=False))
    target = ", ".join(columns[key] for key in keys)
    added = [columns[name] for name in names if name not in keys]
    sums = ", ".join(f"{column} = {shape.table}.{column} + excluded.{column}" for column in added)
    with connection.cursor() as cursor:
        cursor.executemany(f"{shape.insert_sql} ON CONFLICT ({target}) DO UPDATE SET {sums}", list(shape.adapted(rows)))


def delete_some(rows: models.QuerySet[Any], limit: int) -> int:
    """Delete up to `limit` of the rows, the first by key; return how many. For sweeps, which let others in between."""
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[:limit])
    return rows.model._default_manager.filter(pk__in=keys).delete()[0] if keys else 0


class _Shape:
    """The columns of one kind of statement: their names, quoted, and how Python values become the database's."""

    def __init__(self, model: type[models.Model], names: Sequence[str], vendor: str) -> None:
        fields = {field.attname: field for field in model._meta.concrete_fields}
        self.names = tuple(names)
        one = self.names[0]
        self.picked: Callable[[Row], Iterable[Any]] = (
            itemgetter(*self.names) if len(self.names) > 1 else lambda row: (row[one],)
        )
        self.table = f'"{model._meta.db_table}"'
        self.columns = [f'"{fields[name].column}"' for name in names]
        self.adapters = _needed([_adapter(fields[name], vendor) for name in names])
        self.defaults: list[tuple[Callable[[], Any], Adapter]] = []

    def add_defaults(self, model: type[models.Model], vendor: str) -> None:
        """Fill the columns that rows leave out; a key that the database counts up stays out."""
        for field in model._meta.concrete_fields:
            if field.attname not in self.names and not isinstance(field, models.AutoField):
                self.columns.append(f'"{field.column}"')
                self.defaults.append((field.get_default, _adapter(field, vendor)))

    @property
    def insert_sql(self) -> str:
        """The statement for one row's parameters."""
        marks = ", ".join(["%s"] * len(self.columns))
        return f"INSERT INTO {self.table} ({', '.join(self.columns)}) VALUES ({marks})"  # noqa: S608  # our own names

    @property
    def copy_sql(self) -> str:
        """PostgreSQL's stream of rows."""
        return f"COPY {self.table} ({', '.join(self.columns)}) FROM STDIN"

    def adapted(self, rows: Sequence[Row]) -> Iterator[list[Any]]:
        """Yield each row's values as the driver takes them."""
        picked, adapters, defaults = self.picked, self.adapters, self.defaults
        for row in rows:
            values = list(picked(row))
            for place, adapt in adapters:
                values[place] = adapt(values[place])
            if defaults:
                values += [adapt(default()) for default, adapt in defaults]
            yield values


@lru_cache(maxsize=200)
def _inserting(model: type[models.Model], names: tuple[str, ...], vendor: str) -> _Shape:
    shape = _Shape(model, names, vendor)
    shape.add_defaults(model, vendor)
    return shape


def _primary_key(model: type[models.Model]) -> str:
    return next(field.attname for field in model._meta.concrete_fields if field.primary_key)


def _adapter(field: models.Field[Any, Any], vendor: str) -> Adapter:
    """Choose how a column's values become what the driver stores, as Django itself would store them."""
    if isinstance(field, models.ForeignKey):
        return _adapter(field.target_field, vendor)
    if isinstance(field, models.JSONField):
        return _json
    if vendor == "sqlite":
        if isinstance(field, models.UUIDField):
            return _hex
        if isinstance(field, models.DateTimeField):
            return _utc_text
        if isinstance(field, models.DateField):
            return _date_text
    return _as_it_is


def _needed(adapters: Sequence[Adapter]) -> list[tuple[int, Adapter]]:
    """Return the adapters that change something, each with the place of its column."""
    return [(place, adapt) for place, adapt in enumerate(adapters) if adapt is not _as_it_is]


def _as_it_is(value: object) -> object:
    return value


def _json(value: object) -> str | None:
    return None if value is None else json.dumps(value)


def _hex(value: Any) -> str | None:
    return None if value is None else value.hex


def _utc_text(value: datetime | None) -> str | None:
    if value is None:
        return None
    return str((value if value.tzinfo is UTC else value.astimezone(UTC)).replace(tzinfo=None))


def _date_text(value: Any) -> str | None:
    return None if value is None else value.isoformat()
