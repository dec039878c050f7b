"""Pages of what goes out by itself: sequences, newsletters, and what came of every letter."""
