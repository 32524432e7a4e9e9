"""Display names: what of a typed name is kept, so that it can deceive nobody."""

import unicodedata
from typing import Final

NAME_MAX: Final = 32
_DROPPED: Final = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})
_JOINERS: Final = "\u200c\u200d"


def clean_name(name: str) -> str | None:
    """Return a display name without controls, bidi marks and edge spaces; None if none is left.

    Joiners inside a name stay, because emoji and several scripts need them.
    """
    normal = unicodedata.normalize("NFC", name)
    kept = "".join(
        char
        for char in normal
        if (category := unicodedata.category(char)) not in _DROPPED
        and (category != "Cf" or char in _JOINERS)
    )
    clean = " ".join(kept.split())
    return clean if clean.strip(_JOINERS) and len(clean) <= NAME_MAX else None
