"""Questions and answers: the FAQ that partners search, and the playbook by which the team answers alike."""
