"""Console pages of Resources: the library, the FAQ and the playbook; kits, calendar, training and roadmap beside them."""
