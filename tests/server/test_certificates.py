import ipaddress
import socket
import ssl
import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from hearth_server.certificates import (
    CertificateFault,
    HostNames,
    ensure_identity,
    fingerprint_of_file,
    is_private,
    machine_names,
    sha256_of,
)

NOW = datetime.now(UTC)
HOST = HostNames(
    ("emberbox.local", "emberbox", "localhost"),
    (ipaddress.ip_address("192.168.1.20"), ipaddress.ip_address("fd00::2")),
)
MOVED = HostNames(HOST.names, (ipaddress.ip_address("10.1.2.3"),))


def leaf_of(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def test_names_life_and_modes(tmp_path: Path) -> None:
    identity = ensure_identity(tmp_path / "tls", HOST, NOW)
    leaf = leaf_of(identity.cert)
    sans = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert sans.get_values_for_type(x509.DNSName) == ["emberbox.local", "emberbox", "localhost"]
    assert {str(address) for address in sans.get_values_for_type(x509.IPAddress)} == {
        "192.168.1.20",
        "fd00::2",
        "127.0.0.1",
    }
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc <= timedelta(days=397)
    assert identity.leaf_sha256 == sha256_of(leaf) == fingerprint_of_file(identity.cert)
    for key in ("leaf.key", "ca.key"):
        assert stat.S_IMODE((tmp_path / "tls" / key).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "tls").stat().st_mode) == 0o700


def test_nothing_changes_from_start_to_start(tmp_path: Path) -> None:
    first = ensure_identity(tmp_path, HOST, NOW)
    again = ensure_identity(tmp_path, HOST, NOW + timedelta(days=300))
    assert (first.leaf_sha256, first.ca_sha256) == (again.leaf_sha256, again.ca_sha256)


def test_new_addresses_bring_a_new_leaf_of_the_same_authority(tmp_path: Path) -> None:
    first = ensure_identity(tmp_path, HOST, NOW)
    moved = ensure_identity(tmp_path, MOVED, NOW)
    assert first.leaf_sha256 != moved.leaf_sha256
    assert first.ca_sha256 == moved.ca_sha256


def test_losing_an_address_needs_no_new_warning(tmp_path: Path) -> None:
    first = ensure_identity(tmp_path, HOST, NOW)
    fewer = HostNames(HOST.names, HOST.addresses[:1])
    assert ensure_identity(tmp_path, fewer, NOW).leaf_sha256 == first.leaf_sha256


def test_an_old_leaf_is_renewed_early(tmp_path: Path) -> None:
    first = ensure_identity(tmp_path, HOST, NOW)
    later = ensure_identity(tmp_path, HOST, NOW + timedelta(days=340))
    assert first.leaf_sha256 != later.leaf_sha256
    assert first.ca_sha256 == later.ca_sha256
    assert leaf_of(later.cert).not_valid_after_utc > NOW + timedelta(days=700)


@pytest.mark.parametrize("broken", ["leaf.crt", "leaf.key"])
def test_a_broken_leaf_is_replaced(tmp_path: Path, broken: str) -> None:
    first = ensure_identity(tmp_path, HOST, NOW)
    (tmp_path / broken).write_text("not a PEM file")
    again = ensure_identity(tmp_path, HOST, NOW)
    assert again.leaf_sha256 != first.leaf_sha256
    assert again.ca_sha256 == first.ca_sha256


@pytest.mark.parametrize("broken", ["ca.crt", "ca.key"])
def test_a_broken_authority_is_never_replaced_silently(tmp_path: Path, broken: str) -> None:
    ensure_identity(tmp_path, HOST, NOW)
    (tmp_path / broken).write_text("not a PEM file")
    with pytest.raises(CertificateFault, match=r"restore ca\.crt and ca\.key") as caught:
        ensure_identity(tmp_path, HOST, NOW)
    assert "\n" not in str(caught.value)


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CertificateFault, match="Fix: make the folder writable"):
        ensure_identity(tmp_path / "file" / "tls", HOST, NOW)


def test_public_addresses_stay_out_of_the_leaf(tmp_path: Path) -> None:
    public = ipaddress.ip_address("8.8.8.8")
    host = HostNames(HOST.names, (public, *HOST.addresses))
    sans = leaf_of(ensure_identity(tmp_path, host, NOW).cert).extensions
    names = sans.get_extension_for_class(x509.SubjectAlternativeName).value
    assert public not in names.get_values_for_type(x509.IPAddress)


def test_the_authority_is_constrained_to_private_names(tmp_path: Path) -> None:
    ensure_identity(tmp_path, HOST, NOW)
    authority = leaf_of(tmp_path / "ca.crt")
    constraints = authority.extensions.get_extension_for_class(x509.NameConstraints)
    assert constraints.critical
    permitted = constraints.value.permitted_subtrees or []
    networks = [name.value for name in permitted if isinstance(name, x509.IPAddress)]
    assert not any(ipaddress.ip_address("8.8.8.8") in net for net in networks)
    assert "local" in [name.value for name in permitted if isinstance(name, x509.DNSName)]


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
def test_a_client_that_trusts_the_authority_connects(tmp_path: Path, name: str) -> None:
    """A real handshake, so that key usage, constraints and names are checked by OpenSSL."""
    identity = ensure_identity(tmp_path, HOST, NOW)
    server_side = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server_side.load_cert_chain(identity.cert, identity.key)
    client_side = ssl.create_default_context(cadata=identity.ca_pem.decode())
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            with server_side.wrap_socket(connection, server_side=True) as secured:
                secured.sendall(b"warm")
                secured.recv(1)  # until the client has gone

        thread = threading.Thread(target=answer)
        thread.start()
        with (
            socket.create_connection(listener.getsockname(), timeout=5) as raw,
            client_side.wrap_socket(raw, server_hostname=name) as secured,
        ):
            assert secured.recv(4) == b"warm"
        thread.join(5)


def test_this_machine_has_names_and_only_private_addresses() -> None:
    host = machine_names()
    assert "localhost" in host.names
    assert all(is_private(address) for address in host.addresses)


def test_a_missing_certificate_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(CertificateFault, match="Fix: point --cert at the chain"):
        fingerprint_of_file(tmp_path / "none.pem")
