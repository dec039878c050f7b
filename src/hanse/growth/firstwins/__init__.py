"""First wins: the owner's note for a partner's first sale, drafted at once, then edited, sent or copied by a person."""
