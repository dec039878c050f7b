"""Statements and self-billing invoices: documents that are issued once and never change."""
