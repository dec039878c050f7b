"""Partners: people and companies that promote."""
