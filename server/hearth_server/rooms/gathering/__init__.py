"""The rules of a gathering while it happens: who leads, who speaks, what is asked. Pure."""
