"""Content: what partners published, found in their own feeds, at the edge, by their form and in our log."""
