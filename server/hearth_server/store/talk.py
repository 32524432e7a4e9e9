"""Lines of channels in tables."""

from sqlalchemy.ext.asyncio import AsyncConnection


class SqlLines:
    """Satisfies `community.ports.talk.Lines`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection
