"""Training: short lessons with questions, live sessions, who has done what, and whether it leads to a first sale."""
