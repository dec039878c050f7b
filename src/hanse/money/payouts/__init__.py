"""Payouts: decisions to pay, payments, and tries on a rail."""
