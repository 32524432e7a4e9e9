"""The few pages the server writes itself: words and markup only. Knows no request and no socket.

Everything that comes from outside goes through `escape`. No inline script or style: the content
policy forbids both.
"""

from dataclasses import dataclass
from html import escape

from hearth_server.api.codes import spaced
from hearth_server.community.codes import ALPHABET, LENGTH

_EMBER = (
    '<svg class="ember" viewBox="0 0 48 48" aria-hidden="true"><path d="M24 4c3 8 12 12 12 23a12 '
    '12 0 0 1-24 0c0-5 3-8 5-11 1 3 2 5 4 6 1-6-1-11 3-18z" fill="#ff9a4d"/><path d="M24 22c2 4 6 '
    '6 6 11a6 6 0 0 1-12 0c0-4 4-6 6-11z" fill="#ffd9a8"/></svg>'
)


@dataclass(frozen=True, slots=True)
class Warned:
    """What the page before the certificate warning needs to say."""

    target_url: str
    host: str
    leaf_sha256: str
    ca_sha256: str | None
    browser: str  # quest, chrome, safari or firefox
    room_name: str | None = None


def page(title: str, body: str, script: str | None = None) -> str:
    """Return a whole page around `body` (trusted markup)."""
    tail = f'<script src="/pages/{script}" defer></script>' if script else ""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="dark light">'
        f"<title>{escape(title)} · Hearth</title>"
        '<link rel="stylesheet" href="/pages/pages.css"><link rel="icon" href="/pages/ember.svg">'
        f'{tail}</head><body><main><header class="brand">{_EMBER}<span>Hearth</span></header>'
        f"{body}</main></body></html>"
    )


def not_found() -> str:
    """Nothing lives at this address."""
    return page(
        "Nothing here",
        "<h1>There is nothing here</h1><p>The link may be old or mistyped.</p>"
        '<p><a class="button" href="/">Go to the lobby</a></p>',
    )


def not_built() -> str:
    """The client is missing from this installation."""
    return page(
        "Not built yet",
        "<h1>The server runs. The web client is not built yet.</h1>"
        "<p>Build it once, in the project's folder:</p><pre><code>make setup</code></pre>"
        '<p>Then reload this page. The server need not be restarted.</p><p class="quiet">'
        'The API already answers: <a href="/api/v1/info">/api/v1/info</a></p>',
    )


def join_code(problem: str | None = None, typed: str = "") -> str:
    """Ask for a join code, with keys large enough for a controller's ray."""
    alert = f'<p class="alert" role="alert">{escape(problem)}</p>' if problem else ""
    return page(
        "Join code",
        "<h1>Type your join code</h1>"
        f'<p id="hint">{LENGTH} letters or digits, from the person who invited you.</p>{alert}'
        '<form action="/j" method="get" id="code-form">'
        '<label class="unseen" for="code">Join code</label>'
        f'<input id="code" name="code" value="{escape(typed[:12])}" autocomplete="off" '
        'autocapitalize="characters" autocorrect="off" spellcheck="false" maxlength="9" '
        f'placeholder="KHT 4WQ" aria-describedby="hint" data-alphabet="{ALPHABET}" '
        f'data-length="{LENGTH}" required>'
        '<div id="keys" class="keys" hidden></div>'
        '<button class="button wide" type="submit">Enter</button></form>',
        script="pages.js",
    )


def before_the_warning(facts: Warned) -> str:
    """Say why https, what the browser is about to show, and what to press."""
    if facts.room_name:
        lead, code = f"<p>You are invited to <strong>{escape(facts.room_name)}</strong>.</p>", ""
    else:
        lead = ""
        code = '<p><a class="button plain wide" href="/j">I have a join code</a></p>'
    mine, *others = _steps(facts)
    return page(
        "Before you enter",
        f"<h1>One warning, then you are in</h1>{lead}"
        "<p>VR and the microphone need a secure connection (https). This Hearth lives on your own "
        "network and made its own certificate, which your browser does not know yet. So it will "
        "<strong>warn you once</strong>. That is expected here.</p>"
        f'<h2>What you will see</h2><div class="steps">{mine}</div>'
        f'<p><a class="button wide" href="{escape(facts.target_url)}">Continue to '
        f"{escape(facts.host)}</a></p>{code}"
        "<h2>Is it really us?</h2>"
        "<p>The certificate has this SHA-256 fingerprint. The host sees the same one in the "
        "terminal; when in doubt, ask.</p>"
        f"{fingerprint(facts.leaf_sha256)}"
        f'<h2>Other browsers</h2><div class="steps">{"".join(others)}</div>'
        f"{authority(facts.ca_sha256)}"
        '<p class="quiet">Typing instead of clicking? Start the address with <b>https://</b>'
        f"<br><code>{escape(facts.target_url)}</code></p>",
    )


def fingerprint(sha256: str) -> str:
    """Return a fingerprint in lines that can be compared by eye."""
    pairs = sha256.split(":")
    lines = [" ".join(pairs[start : start + 8]) for start in range(0, len(pairs), 8)]
    return f'<pre class="print"><code>{escape(chr(10).join(lines))}</code></pre>'


def authority(ca_sha256: str | None) -> str:
    """Offer the authority for download; nothing when the operator brought a certificate."""
    if ca_sha256 is None:
        return ""
    return (
        "<details><summary>Never see the warning on this device</summary>"
        "<p>Install this Hearth's authority. It can vouch for private addresses on networks like "
        "this one only, never for sites on the internet.</p>"
        '<p><a class="button plain" href="/ca.crt">Download ca.crt</a></p><ul>'
        "<li><b>Android, Chrome on a computer:</b> open the file, or look for “certificates” in "
        "the settings and import it as an authority.</li>"
        "<li><b>iPhone, iPad:</b> install the profile under Settings, General, VPN &amp; Device "
        "Management, then switch it on under About, Certificate Trust Settings.</li>"
        "<li><b>Quest:</b> not possible in its browser; the warning appears once.</li></ul>"
        f"<p>Fingerprint of the authority:</p>{fingerprint(ca_sha256)}</details>"
    )


@dataclass(frozen=True, slots=True)
class Way:
    """How to reach one room from another device: what to type, what to scan."""

    room_name: str
    code: str
    scan_svg: str  # trusted markup


@dataclass(frozen=True, slots=True)
class Invitation:
    """What the page for inviting others nearby shows."""

    type_url: str
    ways: tuple[Way, ...]
    leaf_sha256: str
    ca_sha256: str | None


def invite(facts: Invitation) -> str:
    """Show how other devices on this network get in."""
    short = facts.type_url.removeprefix("http://")
    cards = "".join(
        f'<section class="card"><h2>{escape(way.room_name)}</h2><div class="scan">{way.scan_svg}'
        f'</div><p>Join code</p><p class="code">{escape(spaced(way.code))}</p></section>'
        for way in facts.ways
    )
    return page(
        "Invite someone here",
        "<h1>Bring in another device</h1>"
        "<p><strong>Phone:</strong> scan the picture of a room.<br>"
        "<strong>Headset:</strong> open its browser and type this address, then the code:</p>"
        f'<p class="address">{escape(short)}</p><div class="cards">{cards}</div>'
        "<h2>The certificate</h2>"
        "<p>Each device warns once, because this Hearth made its own certificate. Compare:</p>"
        f"{fingerprint(facts.leaf_sha256)}{authority(facts.ca_sha256)}"
        '<p><a class="button plain" href="/">To the lobby</a></p>',
    )


_CHROME_WARNING = "Your connection is not private"


@dataclass(frozen=True, slots=True)
class _Warning:
    """A browser's certificate warning in its own words."""

    browser: str
    name: str
    title: str
    back: str
    presses: tuple[str, ...]


def _steps(facts: Warned) -> list[str]:
    """Return a block per browser, the visitor's own first and open."""
    host = facts.host.rsplit(":", 1)[0]
    chrome = (_CHROME_WARNING, "Back to safety", ("Advanced", f"Proceed to {host} (unsafe)"))
    warnings = (
        _Warning("quest", "Quest browser", *chrome),
        _Warning("chrome", "Chrome, Edge, Android", *chrome),
        _Warning(
            "safari",
            "iPhone, iPad, Safari",
            "This Connection Is Not Private",
            "Go Back",
            ("Show Details", "visit this website", "Visit Website"),
        ),
        _Warning(
            "firefox",
            "Firefox",
            "Warning: Potential Security Risk Ahead",
            "Go Back",
            ("Advanced…", "Accept the Risk and Continue"),
        ),
    )
    blocks: list[str] = []
    for warning in sorted(warnings, key=lambda known: known.browser != facts.browser):
        first, *rest = (escape(press) for press in warning.presses)
        then = "".join(f"<li>Then press <b>{press}</b>.</li>" for press in rest)
        blocks.append(
            f"<details{' open' if not blocks else ''}><summary>{warning.name}</summary>"
            f'<div class="mock" aria-hidden="true"><b>⚠ {warning.title}</b>'
            f'<span class="faint">{warning.back}</span><span class="press">{first}</span></div>'
            f"<ol><li>“{warning.title}” appears.</li><li>Press <b>{first}</b>.</li>{then}</ol>"
            "</details>"
        )
    return blocks
