"""Programs: what is promised: programs with goals and offers, tiers, terms in dated versions, enrolments
and agreements.

Knows what a partner is, but nothing of clicks, conversions or money that was earned.
"""
