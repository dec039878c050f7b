"""Django's SQLite backend on a SQLite that is new enough to be trusted with money."""
