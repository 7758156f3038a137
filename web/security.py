"""The rules that keep other sites out: host names, origins and response headers."""

from urllib.parse import urlsplit

from flask import Flask, Response, request

from qa import LOOPBACK, trusted_names
from web.errors import ForeignOrigin, UntrustedHost
from web.site import site

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; font-src 'self'; form-action 'none'; base-uri 'none'; "
        "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def protect(app: Flask) -> None:
    """Check every request to `app`, and put the headers on every response."""
    app.before_request(_refuse_untrusted_hosts)
    app.before_request(_refuse_foreign_changes)
    app.after_request(_add_headers)


def host_name(host: str) -> str:
    """The name in a Host header or in the host part of an address, without port or brackets."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _refuse_untrusted_hosts() -> None:
    """Stop DNS rebinding: a page of another site whose name was pointed at this address.

    Flask's own TRUSTED_HOSTS can't name an IPv6 address, hence this check. The loopback
    names are always trusted, for no other site can be served under them.
    """
    settings = site().settings
    trusted = trusted_names(settings)
    if "*" in trusted:
        return
    name = host_name(request.host)
    if name not in LOOPBACK | trusted | {settings.host.strip("[]").lower()} or not name:
        raise UntrustedHost(
            "This site does not answer under the host name of this request; "
            "list the name in QA_TRUSTED_HOSTS to allow it."
        )


def _refuse_foreign_changes() -> None:
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return
    origin = request.headers.get("Origin")
    if origin is not None and _network_place(origin) != request.host.lower():
        raise ForeignOrigin("Requests from pages of other sites are refused.")


def _network_place(origin: str) -> str:
    """The host and port of an Origin header; "" for `null` and what can't be read."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.path.startswith("/api/"):
        response.headers.setdefault("Cache-Control", "no-store")
    elif response.mimetype == "text/html":
        response.headers.setdefault("Cache-Control", "no-cache")
    return response
