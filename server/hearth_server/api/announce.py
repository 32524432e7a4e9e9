"""What the operator reads once the node is ready: where to go, and how to bring a headset."""

import io
from dataclasses import dataclass

from hearth_server.api.codes import JoinCodes, spaced
from hearth_server.api.door import LanFacts, bracketed
from hearth_server.settings import Settings

CODES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Ready:
    """What there is to tell once the node is ready."""

    settings: Settings
    port: int
    lan: LanFacts | None
    codes: JoinCodes
    #: Token of the link that makes an operator, while there is none.
    owner_token: str | None = None


def announcement(ready: Ready) -> str:
    """Return the lines for the terminal."""
    lines = ["", "Hearth is ready. Open it here:", "", f"  {own_url(ready)}/", ""]
    if ready.owner_token is not None:
        lines += [
            "Nobody runs this Hearth yet. Open this link once to become its operator:",
            "",
            f"  {setup_url(own_url(ready), ready.owner_token)}",
            "",
        ]
    if ready.lan is not None:
        lines += _on_the_lan(ready, ready.lan)
    elif ready.settings.loopback_only:
        line = f"adb reverse tcp:{ready.port} tcp:{ready.port}"
        lines += [
            "In a headset on a USB cable (developer mode), run",
            "",
            f"  {line}",
            "",
            f"and open http://localhost:{ready.port}/ there. Other devices: hearth serve --lan",
        ]
    elif not ready.settings.https and ready.settings.public_url is None:
        lines += [
            "This is plain http: away from this machine, VR and microphones will not work.",
            "Use --lan on a local network, or https with --cert and --key or a reverse proxy.",
        ]
    return "\n".join([*lines, ""])


def own_url(ready: Ready) -> str:
    """Return the address that works on this very machine, or the public one."""
    return node_url(ready.settings, ready.port)


def node_url(settings: Settings, port: int) -> str:
    """Return the address of a node with these settings, on this very machine or in public."""
    if settings.public_url:
        return settings.public_url
    scheme = "https" if settings.https else "http"
    host = settings.bind_host
    if host in ("0.0.0.0", "::"):
        host = "localhost" if settings.https else "127.0.0.1"
    return f"{scheme}://{bracketed(host)}:{port}"


def setup_url(address: str, token: str) -> str:
    """Return a set-up link; what stands after the # stays in the browser."""
    return f"{address}/setup#{token}"


def _on_the_lan(ready: Ready, lan: LanFacts) -> list[str]:
    addresses = lan.hosts[: lan.reachable] or ("localhost",)
    lines = ["On this network:", ""]
    lines += [f"  {lan.https_url(host)}/" for host in addresses]
    short = lan.http_url(addresses[0]).removeprefix("http://")
    rooms = ready.settings.rooms
    lines += [
        "",
        f"In a headset's browser, type  {short}  and then the join code:",
        "",
        *(f"  {spaced(ready.codes.code(r.id))}   {r.title}" for r in rooms[:CODES_SHOWN]),
        *([f"  … and {len(rooms) - CODES_SHOWN} more at /lan"] if len(rooms) > CODES_SHOWN else []),
        "",
        "Each device warns once about the certificate. Its SHA-256 fingerprint:",
        "",
        *(f"  {half}" for half in _halves(lan.leaf_sha256)),
        "",
        "On a phone, scan:",
        "",
        _picture(f"{lan.http_url(addresses[0])}/j/{ready.codes.code(rooms[0].id)}"),
    ]
    if lan.reachable == 0:
        lines += ["No private network address was found: is this machine on a network?"]
    return lines


def _halves(fingerprint: str) -> tuple[str, str]:
    middle = len(fingerprint) // 2
    return fingerprint[:middle], fingerprint[middle + 1 :]


def _picture(url: str) -> str:
    import segno  # noqa: PLC0415  # nobody else pays for it at start

    out = io.StringIO()
    segno.make(url, error="l").terminal(out, compact=True, border=2)
    return out.getvalue().rstrip("\n")
