"""Today: one ranked list of what to do next, each with its reason and its one act; and what was put off."""
