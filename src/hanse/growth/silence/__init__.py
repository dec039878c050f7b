"""Silence: partners who have gone quiet against their own rhythm, each with a cause and a play."""
