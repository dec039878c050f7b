"""The ledger's triggers for SQLite."""

from __future__ import annotations

TABLES = ("money_account", "money_entry", "money_transaction")


def _refusing(table: str, verb: str) -> str:
    return (
        f"CREATE TRIGGER ledger_no_{verb.lower()}_{table} BEFORE {verb} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, 'ledger: {table} refuses {verb}'); END"
    )


_ENTRY = """
CREATE TRIGGER ledger_insert_money_entry BEFORE INSERT ON money_entry BEGIN
  SELECT RAISE(ABORT, 'ledger: this transaction is sealed')
   WHERE EXISTS (SELECT 1 FROM money_transaction WHERE number = NEW.transaction_id);
  SELECT RAISE(ABORT, 'ledger: this entry exists')
   WHERE EXISTS (SELECT 1 FROM money_entry WHERE id = NEW.id)
      OR EXISTS (SELECT 1 FROM money_entry WHERE transaction_id = NEW.transaction_id AND position = NEW.position);
  SELECT RAISE(ABORT, 'ledger: an amount is a whole number other than zero')
   WHERE typeof(NEW.amount_minor) <> 'integer' OR NEW.amount_minor = 0;
  SELECT RAISE(ABORT, 'ledger: an entry has its account''s currency')
   WHERE NOT EXISTS (SELECT 1 FROM money_account WHERE id = NEW.account_id AND currency = NEW.currency);
END
"""
_TRANSACTION = """
CREATE TRIGGER ledger_insert_money_transaction BEFORE INSERT ON money_transaction BEGIN
  SELECT RAISE(ABORT, 'ledger: this transaction exists')
   WHERE EXISTS (SELECT 1 FROM money_transaction WHERE number = NEW.number)
      OR EXISTS (SELECT 1 FROM money_transaction WHERE key = NEW.key);
  SELECT RAISE(ABORT, 'ledger: numbers are dense')
   WHERE NEW.number IS NULL OR NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM money_transaction);
  SELECT RAISE(ABORT, 'ledger: the chain is broken')
   WHERE NEW.previous_hash <> COALESCE((SELECT hash FROM money_transaction WHERE number = NEW.number - 1), '');
  SELECT RAISE(ABORT, 'ledger: entries are missing')
   WHERE NEW.entry_count < 2
      OR NEW.entry_count <> (SELECT COUNT(*) FROM money_entry WHERE transaction_id = NEW.number);
  SELECT RAISE(ABORT, 'ledger: entries do not add up to zero')
   WHERE EXISTS (SELECT 1 FROM money_entry WHERE transaction_id = NEW.number
                 GROUP BY currency HAVING SUM(amount_minor) <> 0);
END
"""
_ACCOUNT = """
CREATE TRIGGER ledger_insert_money_account BEFORE INSERT ON money_account BEGIN
  SELECT RAISE(ABORT, 'ledger: this account exists')
   WHERE EXISTS (SELECT 1 FROM money_account WHERE id = NEW.id)
      OR EXISTS (SELECT 1 FROM money_account WHERE kind = NEW.kind AND currency = NEW.currency
                 AND (enrolment_id = NEW.enrolment_id
                      OR (enrolment_id IS NULL AND NEW.enrolment_id IS NULL AND program_id = NEW.program_id)));
END
"""


class Sqlite:
    """Makes, drops and lists the triggers on SQLite."""

    PRESENT_SQL = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'ledger\\_%' ESCAPE '\\'"

    @staticmethod
    def expected() -> dict[str, str]:
        """Return each trigger's statement by its name."""
        statements = [_refusing(table, verb) for table in TABLES for verb in ("UPDATE", "DELETE")]
        return {text.split()[2]: text.strip() for text in (*statements, _ENTRY, _TRANSACTION, _ACCOUNT)}

    @classmethod
    def lifting_statements(cls) -> list[str]:
        """Return what takes every trigger away."""
        return [f"DROP TRIGGER IF EXISTS {name}" for name in cls.expected()]

    @classmethod
    def protecting_statements(cls) -> list[str]:
        """Return what puts every trigger in place."""
        return [*cls.lifting_statements(), *cls.expected().values()]
