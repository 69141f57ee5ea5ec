"""What one served project is told when it starts: where it listens, whom it trusts, what it may show."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from momot.errors import QuestionError
from momot.language import language as spoken

PORT = 8765
LOOPBACK = "127.0.0.1"
DATABASE = "MOMOT_DATABASE"
"""The environment variable that names the database of notes: an address may hold a password, and arguments are seen by everybody."""
_HEADER = re.compile(r"[A-Za-z0-9-]+")


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy that signs people in. `header` names the person and is believed only from the addresses in `senders`."""

    header: str
    senders: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]

    def trusts(self, address: str | None) -> bool:
        """Whether a request that came from this address came from the proxy."""
        try:
            sender = ipaddress.ip_address(address or "")
        except ValueError:
            return False
        mapped = getattr(sender, "ipv4_mapped", None) or sender
        return any(mapped in network for network in self.senders)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that is decided before the first request."""

    folder: Path
    host: str = LOOPBACK
    port: int = PORT
    data: Path | None = None
    origin: str | None = None  # `https://momot.example.com`, as the browser has it; None: http://HOST:PORT
    proxy: Proxy | None = None
    identities: bool = False  # whether ids of people may be shown to whoever asks for them
    database: str | None = field(default=None, repr=False)  # SQLAlchemy URL; None: SQLite in the project
    language: str = "en"  # for readers who chose none and whose browser asks for none that momot speaks
    machine: Mapping[str, object] = field(default_factory=dict)  # what the command was given of `api.open`

    @property
    def origins(self) -> tuple[str, ...]:
        """What a browser may call this app. Loopback has several names."""
        if self.origin is not None:
            return (self.origin,)
        hosts = dict.fromkeys([bracketed(self.host), LOOPBACK, "localhost", "[::1]"])
        port = "" if self.port == 80 else f":{self.port}"
        return tuple(f"http://{host}{port}" for host in hosts)

    @property
    def hosts(self) -> frozenset[str]:
        """What the `Host` header may say: a page elsewhere whose name was pointed here is none of these."""
        return frozenset(urlsplit(origin).netloc for origin in self.origins)

    @property
    def secure(self) -> bool:
        """Whether the browser speaks https, so that cookies must not go without."""
        return self.origin is not None and self.origin.startswith("https://")


def settings(
    folder: Path,
    *,
    host: str = LOOPBACK,
    port: int = PORT,
    data: Path | None = None,
    origin: str | None = None,
    proxy_header: str | None = None,
    proxy_from: tuple[str, ...] = (),
    identities: bool = False,
    database: str | None = None,
    language: str = "en",
    machine: Mapping[str, object] | None = None,
) -> Settings:
    """Checked settings. Raises QuestionError where they would let in whom nobody vouches for, and for a language that momot does not speak.

    Anything but loopback needs a proxy: the header in which it names the person, the addresses it sends from, and the origin that the
    browser sees.
    """
    if not is_loopback(host) and not (proxy_header and proxy_from and origin):
        raise QuestionError(
            f"{host} can be reached from other machines, and nobody would be asked who they are. Name the proxy that asks: --proxy-header, "
            "--proxy-from and --origin; or listen on 127.0.0.1."
        )
    if bool(proxy_header) != bool(proxy_from) or (proxy_header and not origin):
        raise QuestionError("A proxy needs all three: --proxy-header, --proxy-from and --origin.")
    if proxy_header and not _HEADER.fullmatch(proxy_header):
        raise QuestionError(f"'{proxy_header}' is no name of a header.")
    proxy = Proxy(proxy_header.lower(), tuple(_network(one) for one in proxy_from)) if proxy_header else None
    return Settings(
        folder=folder,
        host=host,
        port=port,
        data=data,
        origin=None if origin is None else _origin(origin),
        proxy=proxy,
        identities=identities,
        database=database or os.environ.get(DATABASE) or None,
        language=spoken(language).code,
        machine=dict(machine or {}),
    )


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach it. Names other than localhost are not looked up, and are not."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def bracketed(host: str) -> str:
    """An address as a URL has it: IPv6 in brackets."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise QuestionError(f"--proxy-from takes an address or a network such as 10.0.0.0/24, found '{text}'.") from None


def _origin(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/") or parts.query or "@" in parts.netloc:
        raise QuestionError(f"--origin is what the browser shows before the first slash, as https://momot.example.com, found '{text}'.")
    return f"{parts.scheme}://{parts.netloc.lower()}"
