"""Announcements: what goes out by itself, each once: the first sale, a payout, the answer to what a partner asked."""
