"""A certificate authority and a server certificate, created for one run."""

import datetime
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Authority:
    """The files of an authority, and of the server that it made a certificate for."""

    ca: Path
    certificate: Path
    key: Path
    ca_key: Path


def authority_in(folder: Path) -> Authority:
    names = ("ca.pem", "server.pem", "server.key", "ca.key")
    return Authority(*(folder / name for name in names))


def make_authority(folder: Path, host: str, *, signed_by: Authority | None = None) -> Authority:
    """Make an authority in a folder, or take another one, and a certificate for a server."""
    folder.mkdir(parents=True, exist_ok=True)
    files = authority_in(folder)
    server_key = ec.generate_private_key(ec.SECP256R1())
    if signed_by is None:
        ca_key = ec.generate_private_key(ec.SECP256R1())
        ca = _certificate("Test authority", ca_key, issuer="Test authority", signed_by=ca_key)
        files.ca.write_bytes(ca.public_bytes(serialization.Encoding.PEM))
        files.ca_key.write_bytes(_pem(ca_key))
    else:
        files.ca.write_bytes(signed_by.ca.read_bytes())
        files.ca_key.write_bytes(signed_by.ca_key.read_bytes())
    signing_key = serialization.load_pem_private_key(files.ca_key.read_bytes(), None)
    assert isinstance(signing_key, ec.EllipticCurvePrivateKey)
    server = _certificate(
        host, server_key, issuer="Test authority", signed_by=signing_key, is_ca=False
    )
    files.certificate.write_bytes(server.public_bytes(serialization.Encoding.PEM))
    files.key.write_bytes(_pem(server_key))
    return files


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _certificate(
    subject: str,
    key: ec.EllipticCurvePrivateKey,
    *,
    issuer: str,
    signed_by: ec.EllipticCurvePrivateKey,
    is_ca: bool = True,
) -> x509.Certificate:
    now = datetime.datetime.now(datetime.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _DAY)
        .not_valid_after(now + 30 * _DAY)
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
    )
    if not is_ca:
        builder = builder.add_extension(
            x509.SubjectAlternativeName([_alternative(subject)]), critical=False
        )
    return builder.sign(signed_by, hashes.SHA256())


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
