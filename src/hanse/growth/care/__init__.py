"""Care: what each tier gets from us, and our promises to it, tracked and scored as theirs are."""
