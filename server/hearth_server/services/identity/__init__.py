"""Use cases of people: ways in, devices, relations, leaving, and what an operator oversees."""
