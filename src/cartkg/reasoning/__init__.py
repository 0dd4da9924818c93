"""What follows from the ontology, and why."""
