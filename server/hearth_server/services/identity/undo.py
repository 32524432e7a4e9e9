"""Leaves a transaction so that nothing of it is kept, with the refusal that says why."""

from hearth_server.errors import Refusal


class Undo(Exception):  # no error: a decision on its way out of a transaction
    """Raised inside `store.writing()`, caught right outside of it."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal
