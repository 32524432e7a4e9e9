"""What every repository of people begins with: its transaction, and how an account is read."""

from typing import Any

from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from hearth_server.community.accounts import Account, Boundary


def account_of(row: RowMapping) -> Account:
    """Read an account."""
    return Account(
        id=row["id"],
        name=row["name"],
        handle=row["handle"],
        kind=row["kind"],
        operator=row["operator"],
        primary=row["primary_colour"],
        secondary=row["secondary_colour"],
        pattern=row["pattern"],
        language=row["language"],
        time_zone=row["time_zone"],
        boundary=Boundary(row["boundary_mode"], row["boundary_mm"] / 1000),
        created_ms=row["created_ms"],
        disabled_ms=row["disabled_ms"],
        deleted_ms=row["deleted_ms"],
    )


def row_of(account: Account) -> dict[str, Any]:
    """Write an account as its table has it, the password apart."""
    return {
        "id": account.id,
        "handle": account.handle,
        "name": account.name,
        "kind": account.kind,
        "operator": account.operator,
        "primary_colour": account.primary,
        "secondary_colour": account.secondary,
        "pattern": account.pattern,
        "language": account.language,
        "time_zone": account.time_zone,
        "boundary_mode": account.boundary.mode,
        "boundary_mm": round(account.boundary.radius_m * 1000),
        "created_ms": account.created_ms,
        "disabled_ms": account.disabled_ms,
        "deleted_ms": account.deleted_ms,
    }


class SqlPart:
    """Reads and writes on one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection
