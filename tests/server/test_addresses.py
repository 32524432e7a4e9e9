import pytest

from hearth_server.api.addresses import AddressRules
from hearth_server.settings import load_settings


def rules(**flags: object) -> AddressRules:
    return AddressRules(load_settings(flags))


def forwarded(*values: str) -> list[tuple[bytes, bytes]]:
    return [(b"x-forwarded-for", value.encode()) for value in values]


def test_a_direct_local_client_of_a_local_node_is_exempt() -> None:
    address = rules().client("127.0.0.1", [])
    assert (address.host, address.local, address.exempt) == ("127.0.0.1", True, True)


def test_local_clients_of_an_open_node_are_not_exempt() -> None:
    address = rules(host="0.0.0.0").client("127.0.0.1", [])
    assert (address.local, address.exempt) == (True, False)


@pytest.mark.parametrize("header", [b"x-forwarded-for", b"forwarded", b"x-real-ip", b"via"])
def test_an_unannounced_proxy_makes_nobody_local(header: bytes) -> None:
    """Else the whole internet behind it would be exempt from every limit."""
    address = rules().client("127.0.0.1", [(header, b"203.0.113.9")])
    assert not address.local
    assert not address.exempt


def test_forwarding_headers_of_strangers_are_not_believed() -> None:
    for node in (rules(host="0.0.0.0"), rules(host="0.0.0.0", proxy_headers=True)):
        assert node.client("203.0.113.9", forwarded("10.0.0.1")).host == "203.0.113.9"


@pytest.mark.parametrize(
    ("chain", "client"),
    [
        (("203.0.113.9",), "203.0.113.9"),
        (("6.6.6.6, 203.0.113.9",), "203.0.113.9"),  # the left part was made up by the client
        (("6.6.6.6", "203.0.113.9"), "203.0.113.9"),
        (("203.0.113.9, 10.0.0.7",), "203.0.113.9"),  # two trusted proxies
        (("203.0.113.9:4711",), "203.0.113.9"),
        (("[2001:db8::5]:4711",), "2001:db8::5"),
        (("nonsense",), "127.0.0.1"),
        (("nonsense, 10.0.0.7",), "10.0.0.7"),
        ((", ,",), "127.0.0.1"),
        (("127.0.0.1",), "127.0.0.1"),
    ],
)
def test_a_trusted_proxy_tells_the_client(chain: tuple[str, ...], client: str) -> None:
    node = rules(proxy_headers=True, trusted_proxies="127.0.0.1,::1,10.0.0.0/8")
    address = node.client("127.0.0.1", forwarded(*chain))
    assert address.host == client
    assert not address.exempt


def test_an_ipv6_household_counts_as_one() -> None:
    node = rules(host="::")
    first, second = (node.client(f"2001:db8:1:2::{n}", []) for n in (1, 2))
    other = node.client("2001:db8:1:3::1", [])
    assert first.bucket == second.bucket != other.bucket
    assert node.client("::ffff:203.0.113.9", []).bucket == "203.0.113.9"


@pytest.mark.parametrize(
    ("origin", "host", "allowed"),
    [
        (None, "hearth.example.org", True),
        ("https://hearth.example.org", "hearth.example.org", True),
        ("https://hearth.example.org:443", "hearth.example.org", True),
        ("https://HEARTH.example.org", "hearth.EXAMPLE.org", True),
        ("http://127.0.0.1:8460", "127.0.0.1:8460", True),
        ("http://[::1]:8460", "[::1]:8460", True),
        ("http://127.0.0.1:8462", "127.0.0.1:8460", False),
        ("https://evil.example", "hearth.example.org", False),
        ("https://hearth.example.org.evil.example", "hearth.example.org", False),
        ("https://evil.example/https://hearth.example.org", "hearth.example.org", False),
        ("null", "hearth.example.org", False),
        ("", "hearth.example.org", False),
        ("file://", "", False),
        ("https://[broken", "hearth.example.org", False),
        ("https://a:99999", "a:99999", False),
        ("http://hearth.example.org", None, False),
    ],
)
def test_origin_must_be_absent_or_ours(origin: str | None, host: str | None, allowed: bool) -> None:
    assert rules().origin_allowed(origin, host) is allowed


def test_the_public_url_is_ours_whatever_the_host_header_became() -> None:
    node = rules(public_url="https://hearth.example.org")
    assert node.origin_allowed("https://hearth.example.org", "127.0.0.1:8460")
    assert not node.origin_allowed("https://other.example.org", "127.0.0.1:8460")


def test_the_scheme_of_a_trusted_proxy_counts() -> None:
    proto = [(b"x-forwarded-proto", b"https")]
    assert rules(proxy_headers=True).scheme("http", "127.0.0.1", proto) == "https"
    assert rules().scheme("http", "127.0.0.1", proto) == "http"
    assert rules(proxy_headers=True).scheme("http", "203.0.113.9", proto) == "http"
