"""The ledger's triggers for PostgreSQL: immediate refusals, and checks that wait for the commit on both tables."""

from __future__ import annotations

TABLES = ("money_account", "money_entry", "money_transaction")

_REFUSE = """
BEGIN
  RAISE EXCEPTION 'ledger: % refuses %', TG_TABLE_NAME, TG_OP USING ERRCODE = 'integrity_constraint_violation';
END
"""
_SEAL_ENTRY = """
BEGIN
  IF NEW.amount_minor = 0 THEN
    RAISE EXCEPTION 'ledger: an amount is not zero' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM money_transaction WHERE number = NEW.transaction_id) THEN
    RAISE EXCEPTION 'ledger: this transaction is sealed' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM money_account WHERE id = NEW.account_id AND currency = NEW.currency) THEN
    RAISE EXCEPTION 'ledger: an entry has its account''s currency' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END
"""
_CHAIN = """
BEGIN
  IF NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM money_transaction) THEN
    RAISE EXCEPTION 'ledger: numbers are dense' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.previous_hash <> COALESCE((SELECT hash FROM money_transaction WHERE number = NEW.number - 1), '') THEN
    RAISE EXCEPTION 'ledger: the chain is broken' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END
"""
_BALANCE = """
DECLARE
  sealed_number bigint;
  wanted_count integer;
BEGIN
  IF TG_TABLE_NAME = 'money_entry' THEN
    sealed_number := NEW.transaction_id;
  ELSE
    sealed_number := NEW.number;
  END IF;
  SELECT entry_count INTO wanted_count FROM money_transaction WHERE number = sealed_number;
  IF wanted_count IS NULL OR wanted_count < 2
     OR wanted_count <> (SELECT COUNT(*) FROM money_entry WHERE transaction_id = sealed_number) THEN
    RAISE EXCEPTION 'ledger: entries are missing' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM money_entry WHERE transaction_id = sealed_number
             GROUP BY currency HAVING SUM(amount_minor) <> 0) THEN
    RAISE EXCEPTION 'ledger: entries do not add up to zero' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END
"""
_FUNCTIONS = {
    "ledger_refuse": _REFUSE,
    "ledger_seal_entry": _SEAL_ENTRY,
    "ledger_chain": _CHAIN,
    "ledger_balance": _BALANCE,
}


def _triggers() -> dict[tuple[str, str], str]:
    made = {}
    for table in TABLES:
        rows, whole = f"ledger_no_change_{table}", f"ledger_no_truncate_{table}"
        made[rows, table] = f"BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION ledger_refuse()"
        made[whole, table] = f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()"
    made["ledger_seal", "money_entry"] = (
        "BEFORE INSERT ON money_entry FOR EACH ROW EXECUTE FUNCTION ledger_seal_entry()"
    )
    made["ledger_link", "money_transaction"] = (
        "BEFORE INSERT ON money_transaction FOR EACH ROW EXECUTE FUNCTION ledger_chain()"
    )
    for table in ("money_entry", "money_transaction"):
        made[f"ledger_balanced_{table}", table] = (
            f"AFTER INSERT ON {table} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_balance()"
        )
    return made


class Postgres:
    """Makes, drops and lists the triggers on PostgreSQL."""

    PRESENT_SQL = """
        SELECT t.tgname, CASE WHEN t.tgenabled = 'O' THEN p.prosrc ELSE 'switched off' END
          FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_class c ON c.oid = t.tgrelid
         WHERE t.tgname LIKE 'ledger\\_%' AND pg_table_is_visible(c.oid)
    """

    @staticmethod
    def expected() -> dict[str, str]:
        """Return the source of each trigger's function by the trigger's name."""
        return {
            name: _FUNCTIONS[text.rsplit(" ", 1)[1].removesuffix("()")] for (name, _table), text in _triggers().items()
        }

    @staticmethod
    def lifting_statements() -> list[str]:
        """Return what takes every trigger away."""
        return [f"DROP TRIGGER IF EXISTS {name} ON {table}" for name, table in _triggers()]

    @classmethod
    def protecting_statements(cls) -> list[str]:
        """Return what puts every trigger in place."""
        functions = [
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $ledger${source}$ledger$"
            for name, source in _FUNCTIONS.items()
        ]
        triggers = [
            f"CREATE {'CONSTRAINT ' if 'DEFERRABLE' in text else ''}TRIGGER {name} {text}"
            for (name, _table), text in _triggers().items()
        ]
        return [*functions, *cls.lifting_statements(), *triggers]
