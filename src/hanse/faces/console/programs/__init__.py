"""Programs & terms: what partners are promised, and where their links lead."""
