"""The whole line runs with every connection to another host refused."""

import json
import os
import re
import subprocess
import sys
import urllib.request

import pytest
from conftest import ROOT, SEEDS

GUARD = """
import os, socket

def _guarded(original):
    def call(self, address, *rest):
        host = address[0] if isinstance(address, tuple) else ""
        if host not in ("", "127.0.0.1", "::1", "localhost", "0.0.0.0"):
            with open(os.environ["REFUSED"], "a") as log:
                log.write(f"{address}\\n")
            raise ConnectionRefusedError(f"no connection to {address} in this test")
        return original(self, address, *rest)
    return call

def _resolve(host, *rest, original=socket.getaddrinfo, **more):
    if host not in (None, "", "127.0.0.1", "::1", "localhost", "0.0.0.0"):
        with open(os.environ["REFUSED"], "a") as log:
            log.write(f"look-up of {host}\\n")
        raise socket.gaierror(f"no look-up of {host} in this test")
    return original(host, *rest, **more)

socket.getaddrinfo = _resolve
for name in ("connect", "connect_ex", "sendto"):
    setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
"""


@pytest.fixture
def offline(tmp_path):
    """An environment in which Python refuses other hosts and notes who tried."""
    (tmp_path / "guard").mkdir()
    (tmp_path / "guard" / "sitecustomize.py").write_text(GUARD)
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("QA_", "HF_"))}
    environ |= {
        "PYTHONPATH": f"{tmp_path / 'guard'}{os.pathsep}{ROOT}",
        "REFUSED": str(tmp_path / "refused"),
        "QA_INDEX_DIR": str(tmp_path / "index"),
        # Dead ends for what is not Python: a connection through them fails.
        "http_proxy": "http://127.0.0.1:9",
        "https_proxy": "http://127.0.0.1:9",
        "no_proxy": "127.0.0.1,localhost",
    }
    yield environ
    refused = tmp_path / "refused"
    assert not refused.exists(), refused.read_text()


def run(environ, *arguments):
    command = [sys.executable, "-m", "qa.cli", *arguments]
    return subprocess.run(command, env=environ, cwd=ROOT, capture_output=True, text=True)


def test_the_guard_refuses(tmp_path, offline):
    code = "import socket; socket.create_connection(('192.0.2.1', 80), 1)"
    tried = subprocess.run(
        [sys.executable, "-c", code], env=offline, capture_output=True, text=True
    )
    assert "no look-up of 192.0.2.1" in tried.stderr
    (tmp_path / "refused").unlink()


@pytest.mark.model
def test_index_ask_and_serve_reach_no_other_host(offline):
    indexed = run(offline, "index", str(SEEDS))
    assert indexed.stdout.startswith("5 added"), indexed.stderr
    asked = run(offline, "ask", "When did Rudenko meet Kumar?", "--json")
    assert "April 28, 2025" in json.loads(asked.stdout)["answer"]
    server = subprocess.Popen(
        [sys.executable, "-m", "qa.cli", "serve", "--port", "0"],
        env=offline, cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert server.stdout is not None
        address = re.search(r"http://\S+", server.stdout.readline())
        assert address is not None
        request = urllib.request.Request(
            f"{address.group()}/api/ask",
            json.dumps({"question": "When did Rudenko meet Kumar?"}).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as reply:
            assert "April 28, 2025" in json.load(reply)["answer"]
    finally:
        server.terminate()
        server.wait()
        server.stdout.close()
