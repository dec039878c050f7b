"""Settings: who works here, keys, tracking, what was changed, health, and the reader's own profile."""
