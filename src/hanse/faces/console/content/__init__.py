"""Content pages of the console: what partners published, their feeds, deliverables, what is done together."""
