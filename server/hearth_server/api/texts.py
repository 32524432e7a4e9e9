"""Types of text in the API's input: cleaned as they come in, refused when they do not fit."""

from collections.abc import Callable
from typing import Annotated, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from hearth_server.community import text

_LANGUAGE: Final = r"^([a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3})?$"


def line_of(longest: int, shortest: int = 1) -> Callable[[str], str]:
    """Return a validator that gives one clean line of so many characters."""
    return _validator(text.one_line, longest, shortest)


def text_of(longest: int, shortest: int = 0) -> Callable[[str], str]:
    """Return a validator that gives clean lines of so many characters together."""
    return _validator(text.paragraphs, longest, shortest)


def _validator(clean: Callable[[str], str], longest: int, shortest: int) -> Callable[[str], str]:
    def check(raw: str) -> str:
        try:
            return text.within(clean(raw), longest, shortest)
        except ValueError as error:
            raise PydanticCustomError("text", "{why}", {"why": str(error)}) from None

    return check


def time_zone(name: str) -> str:
    """Let through the name of a time zone, or nothing.

    Raises:
        PydanticCustomError: there is no such zone.
    """
    if name:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise PydanticCustomError(
                "time_zone", "should be a time zone such as Europe/Berlin"
            ) from None
    return name


#: Longer input than fits is let in: what is invisible does not count.
Name = Annotated[str, Field(max_length=256), AfterValidator(line_of(text.NAME_MAX))]
Language = Annotated[str, Field(max_length=35, pattern=_LANGUAGE, examples=["en", "pt-BR"])]
TimeZone = Annotated[
    str, Field(max_length=64, examples=["Europe/Berlin"]), AfterValidator(time_zone)
]
