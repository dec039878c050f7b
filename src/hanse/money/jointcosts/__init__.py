"""Shared costs: what two sides laid out for something done together, evened out by one booking."""
