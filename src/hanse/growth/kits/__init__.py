"""Kits: a quarter of an hour of promotion, ready to go: words for each channel, pictures, the partner's own links."""
