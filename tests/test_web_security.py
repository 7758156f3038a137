from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from web_fakes import HOSTILE_ID, FakeEngine

from qa import Settings
from web import create_app

ADDRESSES = ["/", "/articles", f"/articles/{HOSTILE_ID}", "/nothing", "/api/health", "/api/nothing",
             "/openapi.json", "/static/app.js"]  # fmt: skip


def client_for(tmp_path: Path, **changes: object) -> FlaskClient:
    settings = replace(Settings(index_dir=tmp_path), **changes)
    return create_app(FakeEngine(settings)).test_client()


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_response_carries_the_headers(tmp_path: Path, address: str) -> None:
    with client_for(tmp_path).get(address) as response:
        headers = response.headers
    policy = dict(rule.split(" ", 1) for rule in headers["Content-Security-Policy"].split("; "))
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "connect-src": "'self'",
        "font-src": "'self'",
        "form-action": "'none'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


@pytest.mark.parametrize(
    ("trusted_hosts", "host", "status"),
    [
        ("", "localhost", 200),
        ("", "localhost:8000", 200),
        ("", "LOCALHOST", 200),
        ("", "127.0.0.1:8000", 200),
        ("", "[::1]:8000", 200),
        ("", "192.0.2.7", 200),  # QA_HOST
        ("", "evil.example", 400),
        ("", "localhost.evil.example", 400),
        ("", "evil.example:80@localhost", 400),
        ("", "[::1", 400),
        ("", "", 400),
        ("qa.example, other.example", "other.example:8000", 200),
        ("qa.example", "localhost", 200),
        ("qa.example", "evil.example", 400),
        ("*", "evil.example", 200),
    ],
)
@pytest.mark.parametrize("address", ["/", "/api/health"])
def test_only_known_hosts_are_answered(
    tmp_path: Path, trusted_hosts: str, host: str, status: int, address: str
) -> None:
    client = client_for(tmp_path, host="192.0.2.7", trusted_hosts=trusted_hosts)
    response = client.get(address, headers={"Host": host})
    assert response.status_code == status
    if status == 400:
        assert response.get_json()["error"]["code"] == "untrusted_host"
        assert "QA_TRUSTED_HOSTS" in response.get_json()["error"]["message"]


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (None, 200),
        ("http://localhost", 200),
        ("http://localhost:9999", 403),
        ("https://evil.example", 403),
        ("null", 403),
        ("http://[", 403),
    ],
)
def test_pages_of_other_sites_change_nothing(
    tmp_path: Path, origin: str | None, status: int
) -> None:
    response = client_for(tmp_path).post(
        "/api/ask", json={"question": "a"}, headers={"Origin": origin} if origin else {}
    )
    assert response.status_code == status
    if status == 403:
        assert response.get_json()["error"]["code"] == "foreign_origin"


def test_answers_are_not_stored_by_browsers(tmp_path: Path) -> None:
    assert client_for(tmp_path).get("/api/health").headers["Cache-Control"] == "no-store"


def test_templates_hold_no_inline_script_or_style(tmp_path: Path) -> None:
    client = client_for(tmp_path)
    for address in ADDRESSES[:4]:
        page = client.get(address).text
        for piece in page.split("<script")[1:]:
            assert 'src="/static/' in piece.split(">")[0]
            assert piece.split(">", 1)[1].startswith("</script>")
        assert "<style" not in page
        assert " style=" not in page
        assert " onerror=" not in page.replace("&lt;img src=x onerror=", "")
        assert "http://" not in page
        assert "https://" not in page
