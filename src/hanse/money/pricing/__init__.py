"""Pricing: what credits earn under terms. Pure functions of the set of facts; knows no table."""
