"""Launch: what must be there before a program opens, and pilots that say whether to scale, change or stop."""
