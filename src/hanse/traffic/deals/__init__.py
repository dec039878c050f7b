"""Deals: customers whom partners register before they buy."""
