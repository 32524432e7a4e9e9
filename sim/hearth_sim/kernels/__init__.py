"""The compiled part of the sim: raw arrays in, preallocated arrays out, no objects."""
