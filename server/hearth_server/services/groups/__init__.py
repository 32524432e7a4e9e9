"""Use cases of groups: starting, finding, joining, belonging, agreeing."""
