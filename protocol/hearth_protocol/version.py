"""The protocol versions spoken here and the features that may be negotiated."""

from collections.abc import Iterable
from typing import Final

SUBPROTOCOL: Final = "hearth.v1"
VERSION: Final = 1
OLDEST_VERSION: Final = 1

#: Names that only this project may give a meaning; none of them is offered yet.
RESERVED_FEATURES: Final[frozenset[str]] = frozenset({"hand-joints", "body-joints"})


def speaks(version: int) -> bool:
    """Say whether a `hello.v` is one this code understands."""
    return OLDEST_VERSION <= version <= VERSION


def common_features(offered: Iterable[str], supported: Iterable[str]) -> tuple[str, ...]:
    """Give the features both sides named, sorted: what is not in it stays unused."""
    return tuple(sorted(set(offered) & set(supported)))
