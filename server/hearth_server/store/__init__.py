"""What is kept: accounts, groups, rooms and what was said, in SQLite or PostgreSQL. No rules."""
