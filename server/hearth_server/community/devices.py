"""What to call a device in a list that its owner reads: from what its browser says it is."""

from typing import Final

LABEL_MAX: Final = 40
#: (what the User-Agent contains, what to call it), the first that fits.
_HEADSETS: Final = (
    ("Quest Pro", "Quest Pro browser"),
    ("Quest", "Quest browser"),
    ("Pico", "Pico browser"),
    ("Apple Vision", "Vision browser"),
    ("Wolvic", "Wolvic on a headset"),
)
_BROWSERS: Final = (
    ("EdgA/", "Edge"),
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


def device_label(user_agent: str) -> str:
    """Return plain words for a device: "Firefox on Linux", "Quest browser"."""
    headset = _first(_HEADSETS, user_agent)
    if headset is not None:
        return headset
    browser, system = _first(_BROWSERS, user_agent), _first(_SYSTEMS, user_agent)
    if browser is None:
        return f"A program on {system}" if system else "A program"
    return f"{browser} on {system}" if system else browser


def _first(table: tuple[tuple[str, str], ...], text: str) -> str | None:
    return next((words for mark, words in table if mark in text), None)
