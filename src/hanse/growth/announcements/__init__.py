"""Announcements: good news that goes out by itself, each once: the first sale, a payout."""
