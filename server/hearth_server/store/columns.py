"""What every table is made of: the naming of constraints, and columns of one kind.

Times are milliseconds since the Unix epoch.
"""

from typing import Any, Final

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, MetaData, Text, false

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
#: Counts up by itself; SQLite does that for INTEGER primary keys only.
SERIAL: Final = BigInteger().with_variant(Integer(), "sqlite")


def key_column(name: str = "id") -> Column[Any]:
    """Return a record's own id."""
    return Column(name, Text, primary_key=True)


def reference(target: str, name: str, *, optional: bool = False, key: bool = False) -> Column[Any]:
    """Return the id of a record with which this one goes."""
    return Column(
        name,
        Text,
        ForeignKey(f"{target}.id", ondelete="CASCADE"),
        nullable=optional,
        primary_key=key,
    )


def moment(name: str, *, optional: bool = False) -> Column[Any]:
    """Return a time, in milliseconds since the Unix epoch."""
    return Column(name, BigInteger, nullable=optional)


def flag(name: str) -> Column[Any]:
    """Return yes or no; no at first."""
    return Column(name, Boolean, nullable=False, server_default=false())


def words(name: str, default: str = "") -> Column[Any]:
    """Return text that is never absent."""
    return Column(name, Text, nullable=False, server_default=default)
