"""Events of a group: when they are, who comes, and how their doors open. Pure."""
