"""How a listing searches: a part of a text, small and capital letters alike."""

from typing import Any

from sqlalchemy import ColumnElement


def contains(column: Any, part: str) -> ColumnElement[bool]:  # noqa: ANN401  # any text column
    """Return the condition that a column has `part` in it, whose signs mean nothing."""
    escaped = part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    condition: ColumnElement[bool] = column.ilike(f"%{escaped}%", escape="\\")
    return condition
