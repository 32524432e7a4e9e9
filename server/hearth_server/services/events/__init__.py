"""Use cases of events: the calendar, who comes, and how their doors open."""
