"""Sharing: customers who become partners with one click, without applying."""
