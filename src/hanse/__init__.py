"""Hanse: a business's whole partner program, on your own machine."""

__version__ = "0.1.0"
