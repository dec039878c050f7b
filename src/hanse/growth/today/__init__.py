"""Today: one ranked list of what to do next, each with its reason, its expected effect and one act; and what was put off."""
