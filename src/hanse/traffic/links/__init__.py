"""Links: partners' tracking URLs."""
