"""Benefits: what is promised in kind, owed for a period, and delivered. No money of it stands in the ledger."""
