"""Tests of the console's second half: traffic, money, programs, terms, settings, the tracer."""
