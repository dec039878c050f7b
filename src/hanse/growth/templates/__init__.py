"""Templates: letters to partners with their own numbers, checked when they are saved, filled when they are sent."""
