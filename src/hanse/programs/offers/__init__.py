"""Offers: what partners promote in a program."""
