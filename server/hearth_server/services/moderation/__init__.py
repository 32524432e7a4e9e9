"""Use cases of keeping the peace: reports, sanctions, and what was done by whom."""
