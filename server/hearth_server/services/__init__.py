"""Use cases: each loads, lets `community` decide, keeps, and tells the live rooms."""
