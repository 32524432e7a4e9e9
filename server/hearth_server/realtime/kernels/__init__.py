"""Compiled socket work of the tick: one call reads, one call writes, for every plain connection."""
