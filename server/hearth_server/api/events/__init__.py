"""The API of events: the calendar, who comes, and the doors."""
