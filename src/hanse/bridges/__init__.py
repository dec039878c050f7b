"""Bridges: other systems' words. Each turns a foreign format into facts and knows nothing of what becomes of them."""
