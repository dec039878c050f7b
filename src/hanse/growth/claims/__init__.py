"""Claims: a partner says a sale was theirs, a person answers."""
