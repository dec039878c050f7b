"""People: who there is: team members and their access, partners, their contacts and payout details.

Knows nothing of programs: one partner is one record across all of them.
"""
