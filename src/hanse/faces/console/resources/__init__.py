"""Console pages of Resources: library, FAQ and playbook; kits, calendar, training and roadmap stand beside them."""
