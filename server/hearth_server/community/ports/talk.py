"""What is kept of what was said."""

from typing import Protocol


class Lines(Protocol):
    """Lines of channels, mentions, reactions and how far each member read."""
