"""Referrals: what partners earn for the partners that they brought, out of what those earn on conversions."""
