"""Session plans: cues in order, and the timeline on which they fire. Pure."""
