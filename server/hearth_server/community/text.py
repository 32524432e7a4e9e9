"""What people type, made safe to keep and to show: no character that hides, steers or deceives.

Markup stays what it is, text: whoever shows it shows it as text. What is taken out is what no
reader can see, or what turns a line around: controls, bidi marks, lone surrogates, unassigned and
private characters, zero-width ones other than joiners, which emoji and several scripts need.
"""

import re
import unicodedata
from typing import Final

NAME_MAX: Final = 32
#: How much longer than allowed a raw text may be: what is invisible does not count.
SLACK: Final = 4
_HIDDEN: Final = frozenset({"Cc", "Cs", "Co", "Cn"})
_JOINERS: Final = "\u200c\u200d"
#: Letters that show nothing at all, and would make an empty name look like a name.
_BLANK: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f")
#: More accents than this on one letter cover the lines around it.
_MARKS_MAX: Final = 4
#: Letters, digits and signs that stay as they are whatever stands beside them: Latin, Greek and
#: Cyrillic without loose accents, dashes and quotes, kana, Han, Hangul. A class's whole plan is
#: cleaned while rooms wait, and most of it is made of these.
_PLAIN: Final = re.compile(
    "[\x20-\x7e\u00a1-\u00ac\u00ae-\u024f\u0391-\u03a1\u03a3-\u03ce\u0400-\u0482\u048a-\u052f"
    "\u2010-\u2027\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff\uac00-\ud7a3]*"
)


def one_line(text: str) -> str:
    """Return a text as one line: visible characters, single spaces, no space at its ends."""
    kept = " ".join(_visible(text).split())
    return kept if kept.strip(_JOINERS + "\ufe0e\ufe0f ") else ""


def paragraphs(text: str) -> str:
    """Return a text of several lines: each as `one_line`, at most one empty line in a row."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n")
    clean = [one_line(line) for line in lines.replace("\u2029", "\n\n").split("\n")]
    kept: list[str] = []
    for line in clean:
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).strip("\n")


def within(text: str, longest: int, shortest: int = 1) -> str:
    """Return a cleaned text whose length is right.

    Raises:
        ValueError: it is too short or too long; the message says what it should be.
    """
    if shortest <= len(text) <= longest:
        return text
    if shortest == 0:
        raise ValueError(f"Write at most {longest} characters")
    raise ValueError(f"Write {shortest} to {longest} visible characters")


def _visible(text: str) -> str:
    if _PLAIN.fullmatch(text) and text.isprintable():
        return text
    return _one_by_one(text)


def _one_by_one(text: str) -> str:
    # What hides goes first: between a letter and its accent it would keep the two apart.
    shown = "".join(" " if _is_space(char) else char for char in text if not _hides(char))
    kept: list[str] = []
    marks = 0
    for char in unicodedata.normalize("NFC", shown):
        marks = marks + 1 if unicodedata.category(char) in ("Mn", "Me") else 0
        if marks <= _MARKS_MAX:
            kept.append(char)
    return "".join(kept)


def _is_space(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) in ("Zl", "Zp")


def _hides(char: str) -> bool:
    category = unicodedata.category(char)
    if _is_space(char) or char in _JOINERS:
        return False
    return category in _HIDDEN or category == "Cf" or char in _BLANK
