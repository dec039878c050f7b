"""Reach: whom we may write to: what partners switched off, and addresses that bounced or complained."""
