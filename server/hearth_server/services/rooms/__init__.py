"""Use cases of groups' rooms."""
