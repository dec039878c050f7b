"""Resale: orders that a partner sold on, at their own margin; and whose customer an agency looks after."""
