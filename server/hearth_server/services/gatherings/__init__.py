"""Gatherings from outside the room: doors that open in time, what is kept, what is read anew."""
