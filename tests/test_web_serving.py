import http.client
import json
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from dataclasses import replace
from pathlib import Path

import pytest
from web_fakes import FakeEngine, running

from qa import BadRequest, Settings
from web.serving import serve

QUESTION = {"question": "How much did the work on the harbour bridge cost the council?"}
SCRIPT = """
import signal
import sys
from pathlib import Path
from qa import Settings
from web.serving import serve
from web_fakes import FakeEngine
# Where a shell runs the tests in the background, what they start would not hear Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)
settings = Settings(index_dir=Path(sys.argv[1]), port=0)
serve(FakeEngine(settings), settings, lambda url: print(url, flush=True))
print("ended", flush=True)
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(index_dir=tmp_path / "index", port=0)


def test_serve_announces_an_address_that_answers_and_ends_with_ctrl_c(tmp_path: Path) -> None:
    tests = Path(__file__).parent
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(tmp_path)],
        env={"PYTHONPATH": f"{tests}:{tests.parent}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    with urllib.request.urlopen(f"{url}/api/health", timeout=10) as response:
        assert json.load(response)["status"] == "ok"
        assert "Server" not in response.headers
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert (output, errors, process.returncode) == ("ended\n", "", 0)


def test_a_taken_port_is_told_with_what_to_do(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = replace(settings, port=other.getsockname()[1])
        with pytest.raises(BadRequest, match=r"port \d+ .*QA_PORT or --port"):
            serve(FakeEngine(taken), taken, print)


@pytest.mark.parametrize("host", ["203.0.113.1", "no such host", "x" * 100])
def test_an_unusable_host_is_told_with_what_to_do(settings: Settings, host: str) -> None:
    elsewhere = replace(settings, host=host)
    with pytest.raises(BadRequest, match="QA_HOST or --host"):
        serve(FakeEngine(elsewhere), elsewhere, print)


def test_a_wildcard_address_is_announced_as_this_computer(settings: Settings) -> None:
    with running(FakeEngine(replace(settings, host="0.0.0.0"))) as url:
        assert url.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(f"{url}/api/health", timeout=10) as response:
            assert response.status == 200


def test_a_name_is_announced_as_it_was_given(settings: Settings) -> None:
    """By the number that it stands for, the site refuses to answer."""
    with running(FakeEngine(replace(settings, host="127.2"))) as url:
        assert url.startswith("http://127.2:")
        with urllib.request.urlopen(f"{url}/api/health", timeout=10) as response:
            assert response.status == 200


def connect(url: str) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)


def ask_for_events(connection: http.client.HTTPConnection) -> None:
    headers = {"Accept": "text/event-stream", "Content-Type": "application/json"}
    connection.request("POST", "/api/ask", json.dumps(QUESTION), headers)


def test_events_arrive_while_the_answer_is_being_made(settings: Settings) -> None:
    engine = FakeEngine(settings)
    gate = threading.Event()
    engine.before_sentence = lambda: gate.wait(10)
    with running(engine) as url:
        connection = connect(url)
        ask_for_events(connection)
        response = connection.getresponse()
        assert response.readline() == b"event: passages\n"
        assert not gate.is_set()
        gate.set()
        assert response.read().count(b"event: sentence\n") == 2
        connection.close()


def test_an_answer_is_kept_when_the_browser_hangs_up(settings: Settings) -> None:
    engine = FakeEngine(settings)
    gate = threading.Event()
    engine.before_sentence = lambda: gate.wait(10)
    with running(engine) as url:
        connection = connect(url)
        ask_for_events(connection)
        response = connection.getresponse()
        response.readline()
        response.close()
        connection.close()
        gate.set()
        deadline = time.monotonic() + 10
        total = 0
        while not total and time.monotonic() < deadline:
            with urllib.request.urlopen(f"{url}/api/conversations", timeout=10) as reply:
                total = json.load(reply)["total"]
        assert total == 1


def test_a_body_over_the_limit_is_refused_in_the_error_shape(settings: Settings) -> None:
    with running(FakeEngine(settings)) as url:
        connection = connect(url)
        headers = {"Content-Type": "application/json"}
        connection.request("POST", "/api/ask", b"x" * 1_000_000, headers)
        response = connection.getresponse()
        assert response.status == 413
        assert json.load(response)["error"]["code"] == "too_large"
        connection.close()


def test_a_body_in_chunks_is_limited_too(settings: Settings) -> None:
    with running(FakeEngine(settings)) as url:
        connection = connect(url)
        headers = {"Content-Type": "application/json"}
        pieces = (b"x" * 10_000 for _ in range(10))
        connection.request("POST", "/api/ask", pieces, headers, encode_chunked=True)
        assert connection.getresponse().status == 413
        connection.close()


def test_many_readers_ask_at_once(settings: Settings) -> None:
    with running(FakeEngine(settings)) as url:

        def ask() -> None:
            connection = connect(url)
            ask_for_events(connection)
            assert b"event: answer\n" in connection.getresponse().read()
            connection.close()

        threads = [threading.Thread(target=ask) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=30)
        with urllib.request.urlopen(f"{url}/api/conversations", timeout=10) as reply:
            assert json.load(reply)["total"] == 20
