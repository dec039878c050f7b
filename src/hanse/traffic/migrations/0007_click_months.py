"""On PostgreSQL the table of clicks is cut into months; on SQLite it is a file of its own and stays as it is."""

from datetime import UTC, datetime

from django.db import migrations

TABLE, BEFORE, REST = "traffic_click", "traffic_click_before", "traffic_click_rest"


def months_from(first, last):
    """Yield (year, month) from one moment's month to another's."""
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        yield year, month
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def cut_into_months(apps, schema_editor):
    """Put a partitioned table in the old one's place, with its rows and indexes; anything else goes to a rest."""
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename = %s"
            " AND indexdef NOT LIKE 'CREATE UNIQUE%%' AND indexname NOT LIKE '%%_like'",
            [TABLE],
        )
        indexes = [row[0] for row in cursor.fetchall()]
        cursor.execute(f"SELECT MIN(occurred_at), MAX(occurred_at) FROM {TABLE}")
        first, last = cursor.fetchone()
        cursor.execute(f"ALTER TABLE {TABLE} RENAME TO {BEFORE}")
        cursor.execute(f"CREATE TABLE {TABLE} (LIKE {BEFORE} INCLUDING DEFAULTS) PARTITION BY RANGE (occurred_at)")
        cursor.execute(f"CREATE TABLE {REST} PARTITION OF {TABLE} DEFAULT")
        if first is not None:
            for year, month in months_from(first.astimezone(UTC), min(last.astimezone(UTC), datetime.now(UTC))):
                after = f"{year + month // 12}-{month % 12 + 1:02d}-01 00:00+00"
                cursor.execute(
                    f"CREATE TABLE {TABLE}_{year}_{month:02d} PARTITION OF {TABLE}"
                    f" FOR VALUES FROM ('{year}-{month:02d}-01 00:00+00') TO ('{after}')"
                )
            cursor.execute(f"INSERT INTO {TABLE} SELECT * FROM {BEFORE}")
        cursor.execute(f"DROP TABLE {BEFORE}")
        # a partitioned table's key must hold what it is cut by; an id carries its own time, so it is one all the same
        cursor.execute(f"ALTER TABLE {TABLE} ADD CONSTRAINT {TABLE}_pkey PRIMARY KEY (id, occurred_at)")
        for index in indexes:
            cursor.execute(index.replace(f".{BEFORE} ", f".{TABLE} "))


class Migration(migrations.Migration):
    dependencies = [("traffic", "0006_link_routes")]

    operations = [migrations.RunPython(cut_into_months, elidable=False)]
