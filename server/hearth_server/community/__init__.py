"""The rules of people and groups: records and decisions. Knows no store, no socket, no clock."""
