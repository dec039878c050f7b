"""Month-end accruals: what each pot of the ledger held before and after a month, and why. No table of its own."""
