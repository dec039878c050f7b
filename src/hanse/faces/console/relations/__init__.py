"""Pages about relations: who is silent and why, facts about partners, health."""
