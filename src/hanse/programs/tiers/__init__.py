"""Tiers: named steps of a program with their own treatment."""
