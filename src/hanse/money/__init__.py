"""Money: what is owed and paid: pricing, commissions, holds, the ledger, payouts.

The ledger has one door, `money.ledger.actions.post`; nothing booked is ever edited.
"""
