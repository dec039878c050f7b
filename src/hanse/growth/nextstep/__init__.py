"""Next step: the one thing that helps a partner most right now, on the way to the first win and after it."""
