"""The node's own certificate authority and leaf for the local network. Owns files in one folder.

A browser's warning should appear once, so the authority and the leaf last: the leaf is replaced
only when the machine's addresses change or it grows old, the authority never by itself. Name
constraints keep the authority useless for anything but private addresses and this machine, so a
person who installs it on a phone does not hand over the internet.
"""

import contextlib
import ipaddress
import os
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import ifaddr
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CA_LIFE = timedelta(days=3650)
LEAF_LIFE = timedelta(days=397)  # browsers refuse longer ones
RENEW_BEFORE = timedelta(days=60)
BACKDATE = timedelta(hours=24)  # headsets' clocks are often behind

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

PRIVATE_NETWORKS = tuple(
    ipaddress.ip_network(net)
    for net in (
        "127.0.0.0/8",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "169.254.0.0/16",
        "100.64.0.0/10",
        "192.0.2.0/24",
        "::1/128",
        "fc00::/7",
        "fe80::/10",
    )
)
PRIVATE_DOMAINS = ("localhost", "local", "lan", "home.arpa", "internal")


class CertificateFault(Exception):
    """The folder cannot be used; the message names the cause and the fix in one line."""


@dataclass(frozen=True, slots=True)
class HostNames:
    """What this machine is called: DNS names and addresses, best first."""

    names: tuple[str, ...]
    addresses: tuple[Address, ...]


@dataclass(frozen=True, slots=True)
class Identity:
    """Files and fingerprints of the certificate being served."""

    cert: Path
    key: Path
    ca_pem: bytes
    leaf_sha256: str
    ca_sha256: str


def machine_names() -> HostNames:
    """Ask this machine for its names and private addresses (link-local IPv6 left out)."""
    hostname = socket.gethostname().split(".")[0].lower() or "localhost"
    names = [f"{hostname}.local", hostname, "localhost"]
    found: list[Address] = []
    for adapter in ifaddr.get_adapters():
        for entry in adapter.ips:
            text = entry.ip if isinstance(entry.ip, str) else entry.ip[0]
            found.append(ipaddress.ip_address(text))
    addresses = sorted(
        {address for address in found if is_private(address) and not address.is_link_local},
        key=lambda address: (address.is_loopback, address.version, int(address)),
    )
    return HostNames(tuple(dict.fromkeys(names)), tuple(addresses))


def is_private(address: Address) -> bool:
    """Say whether the local authority may vouch for an address."""
    return any(address in net for net in PRIVATE_NETWORKS if net.version == address.version)


def ensure_identity(folder: Path, host: HostNames, now: datetime) -> Identity:
    """Return the certificate to serve, making or renewing what is missing.

    Args:
        folder: made with mode 0700 if absent; private keys in it have mode 0600.
        host: names and addresses the leaf must cover.
        now: the present, timezone-aware.

    Raises:
        CertificateFault: the folder cannot be used.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        ca_key, ca_cert = _ensure_authority(folder, host, now)
        cert_path, key_path = folder / "leaf.crt", folder / "leaf.key"
        leaf = _usable_leaf(cert_path, key_path, ca_cert, _sans(host, ca_cert), now)
        if leaf is None:
            leaf = _issue_leaf(folder, (ca_key, ca_cert), _sans(host, ca_cert), now)
    except OSError as error:
        raise CertificateFault(
            f"{folder}: {error.strerror}. Fix: make the folder writable or choose another "
            "--data-dir."
        ) from None
    ca_pem = ca_cert.public_bytes(serialization.Encoding.PEM)
    return Identity(cert_path, key_path, ca_pem, sha256_of(leaf), sha256_of(ca_cert))


def sha256_of(certificate: x509.Certificate) -> str:
    """Return the fingerprint as browsers show it: upper-case pairs with colons."""
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


def fingerprint_of_file(cert: Path) -> str:
    """Return the fingerprint of the first certificate of a PEM chain."""
    try:
        return sha256_of(x509.load_pem_x509_certificate(cert.read_bytes()))
    except (OSError, ValueError) as error:
        raise CertificateFault(
            f"{cert}: no readable PEM certificate ({error}). Fix: point --cert at the chain."
        ) from None


def _ensure_authority(
    folder: Path, host: HostNames, now: datetime
) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    cert_path, key_path = folder / "ca.crt", folder / "ca.key"
    if cert_path.exists() and key_path.exists():
        try:
            certificate = x509.load_pem_x509_certificate(cert_path.read_bytes())
            key = serialization.load_pem_private_key(key_path.read_bytes(), None)
            if not isinstance(key, ec.EllipticCurvePrivateKey):
                raise ValueError("not an EC key")
        except ValueError as error:
            # People trust this authority: never replace it behind their backs.
            raise CertificateFault(
                f"{folder}: the authority cannot be read ({error}). Fix: restore ca.crt and "
                "ca.key, or delete the folder and let people accept a new certificate."
            ) from None
        if now < certificate.not_valid_after_utc - LEAF_LIFE:
            return key, certificate
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Hearth"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"Hearth on {host.names[-2]}"),
        ]
    )
    permitted: list[x509.GeneralName] = [x509.IPAddress(net) for net in PRIVATE_NETWORKS]
    permitted += [x509.DNSName(name) for name in dict.fromkeys((*PRIVATE_DOMAINS, *host.names))]
    certificate = (
        _builder(subject, subject, key.public_key(), now, CA_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write(key_path, _key_pem(key), mode=0o600)
    _write(cert_path, certificate.public_bytes(serialization.Encoding.PEM), mode=0o644)
    return key, certificate


def _issue_leaf(
    folder: Path,
    authority: tuple[ec.EllipticCurvePrivateKey, x509.Certificate],
    sans: x509.SubjectAlternativeName,
    now: datetime,
) -> x509.Certificate:
    ca_key, ca_cert = authority
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Hearth")])
    # The day of backdating counts towards the longest life that browsers accept.
    leaf = (
        _builder(subject, ca_cert.subject, key.public_key(), now, LEAF_LIFE - BACKDATE)
        .add_extension(sans, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()),
            critical=False,
        )
        .sign(ca_key, hashes.SHA256())
    )
    chain = leaf.public_bytes(serialization.Encoding.PEM)
    chain += ca_cert.public_bytes(serialization.Encoding.PEM)
    _write(folder / "leaf.key", _key_pem(key), mode=0o600)
    _write(folder / "leaf.crt", chain, mode=0o644)
    return leaf


def _usable_leaf(
    cert_path: Path,
    key_path: Path,
    ca_cert: x509.Certificate,
    wanted: x509.SubjectAlternativeName,
    now: datetime,
) -> x509.Certificate | None:
    """Return the leaf on disk if it still fits, else None."""
    with contextlib.suppress(FileNotFoundError, ValueError, x509.ExtensionNotFound):
        leaf = x509.load_pem_x509_certificate(cert_path.read_bytes())
        key = serialization.load_pem_private_key(key_path.read_bytes(), None)
        sans = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        with contextlib.suppress(Exception):
            leaf.verify_directly_issued_by(ca_cert)
            fits = set(wanted) <= set(sans) and key.public_key() == leaf.public_key()
            if fits and now < leaf.not_valid_after_utc - RENEW_BEFORE:
                return leaf
    return None


def _sans(host: HostNames, ca_cert: x509.Certificate) -> x509.SubjectAlternativeName:
    """Return the names of the leaf: one outside the constraints would void all of it."""
    constraints = ca_cert.extensions.get_extension_for_class(x509.NameConstraints).value
    domains = [
        name.value
        for name in constraints.permitted_subtrees or ()
        if isinstance(name, x509.DNSName)
    ]
    allowed = [name for name in host.names if _within(name, domains)]
    names: list[x509.GeneralName] = [x509.DNSName(name) for name in allowed]
    names += [x509.IPAddress(a) for a in _with_loopback(host.addresses) if is_private(a)]
    return x509.SubjectAlternativeName(names)


def _within(name: str, domains: Iterable[str]) -> bool:
    return any(name == domain or name.endswith("." + domain) for domain in domains)


def _with_loopback(addresses: Iterable[Address]) -> list[Address]:
    return list(dict.fromkeys((*addresses, ipaddress.ip_address("127.0.0.1"))))


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    now: datetime,
    life: timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATE)
        .not_valid_after(now + life)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _write(path: Path, content: bytes, mode: int) -> None:
    """Replace a file whole; a private one is never readable by others, not for an instant."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    fresh.replace(path)
