"""Growth: what to do about it: recruiting and applications."""
