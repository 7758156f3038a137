"""Where a server listens, the address it is reached at, and the names it answers to."""

import socket

from qa.errors import BadRequest
from qa.settings import Settings

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
"""Names that no other site can be served under."""
_REACHED_AT = {"0.0.0.0": "127.0.0.1", "::": "::1"}
"""A server that listens everywhere is reached from this machine here."""


def bind(host: str, port: int, advice: str) -> socket.socket:
    """A socket that listens; raises BadRequest, with `advice`, when host or port can't be had."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address[:2], family=family)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise BadRequest(f"Can't listen on {host}, port {port} ({reason}); {advice}.") from error


def http_address(bound: socket.socket, host: str) -> str:
    """The address of what is served on `bound` under the name `host`, without a path."""
    number, port = bound.getsockname()[:2]
    return f"http://{bracketed(_REACHED_AT.get(number, host))}:{port}"


def bracketed(name: str) -> str:
    """A host as it stands in an address."""
    return f"[{name}]" if ":" in name else name


def trusted_names(settings: Settings) -> frozenset[str]:
    """The names of QA_TRUSTED_HOSTS, in lower case; `*` among them stands for any."""
    return frozenset(name.strip().lower() for name in settings.trusted_hosts.split(",")) - {""}
