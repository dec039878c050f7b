"""Budgets: what a program means to spend in a quarter, what is spent and promised of it, and offers that go beyond."""
