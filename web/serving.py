"""Serves the site with waitress, on this machine unless the settings say otherwise."""

import http.client
import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import Flask
from waitress.server import BaseWSGIServer, create_server

from qa import bind, http_address
from web import create_app

if TYPE_CHECKING:
    from qa import Engine, Settings

log = logging.getLogger(__name__)

# Many, for a question holds one for as long as a language model writes, and pages and the state of
# the site are not to wait for that. 24 more of them take 20 MB and no time.
THREADS = 32
# Above the site's own limit, so that the site refuses a large body in its own error shape.
LARGEST_BODY_BYTES = 64 * 2**20
# Reads on while an answer is made, and so learns when its client goes away. It costs room for one
# request more on each connection (a large one waits on disk), and a client that closes its sending
# half early is taken for gone.
LOOKAHEAD = 1
# Those who send half a request and no more soon make room for others.
CONNECTIONS, IDLE_S = 500, 30
START_S = 60.0
ADVICE = "choose another with QA_PORT or --port, or QA_HOST or --host"


def serve(engine: "Engine", settings: "Settings", announce: Callable[[str], None]) -> None:
    """Serve until Ctrl-C; `announce` is given the address once the site answers there.

    Raises BadRequest when the host or port can't be had.
    """
    # It warns of any request that a thread has not taken yet, also where all are idle.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    server, url = listen(create_app(engine, settings), settings)
    _in_background(engine.warm_up)
    _in_background(lambda: _announce_when_ready(server, url, announce))
    try:
        server.run()
    finally:
        server.close()


def listen(app: Flask, settings: "Settings") -> tuple[BaseWSGIServer, str]:
    """A server for `app` that has its port, and the address it will answer at."""
    host = settings.host.strip("[]")
    bound = bind(host, settings.port, ADVICE)
    server = create_server(
        app,
        sockets=[bound],
        threads=THREADS,
        ident=None,
        max_request_body_size=LARGEST_BODY_BYTES,
        channel_request_lookahead=LOOKAHEAD,
        connection_limit=CONNECTIONS,
        channel_timeout=IDLE_S,
    )
    return server, http_address(bound, host)


def _announce_when_ready(server: BaseWSGIServer, url: str, announce: Callable[[str], None]) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if _answers(url):
            announce(url)
            return
        time.sleep(0.05)
    log.error("the site did not answer at %s within %d seconds", url, START_S)


def _answers(url: str) -> bool:
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=START_S)
    try:
        connection.request("GET", "/api/health")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _in_background(work: Callable[[], None]) -> None:
    def run() -> None:
        try:
            work()
        except Exception:  # a thread has no caller to tell
            log.exception("work in the background failed")

    threading.Thread(target=run, daemon=True).start()
