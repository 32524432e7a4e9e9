"""Live rooms, sans-I/O: who is present, who may enter, what is said. Knows no socket, no clock."""
