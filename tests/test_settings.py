from pathlib import Path

import pytest

from qa.errors import BadRequest
from qa.settings import Settings, read_settings


def test_the_environment_is_read_and_a_keyword_goes_before_it():
    environ = {"QA_PORT": "9000", "QA_HOST": "0.0.0.0", "HOME": "/"}
    settings = read_settings(environ, port=9001, index_dir=None)
    assert (settings.port, settings.host, settings.index_dir) == (
        9001,
        "0.0.0.0",
        Path("vectorstore"),
    )


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        ({"QA_PROT": "1"}, r"QA_PROT is not a setting; the settings are QA_ABSTAIN_THRESHOLD"),
        ({"QA_PORT": "many"}, r"QA_PORT='many' is not usable: Port that `qa serve` listens on"),
        ({"QA_PORT": "70000"}, r"QA_PORT=70000 is out of range"),
        ({"QA_ABSTAIN_THRESHOLD": "1.5"}, "QA_ABSTAIN_THRESHOLD=1.5 is out of range"),
        ({"QA_ABSTAIN_THRESHOLD": "nan"}, "QA_ABSTAIN_THRESHOLD=nan is out of range"),
        ({"QA_MAX_QUESTION_CHARS": "99"}, "QA_MAX_QUESTION_CHARS=99 is out of range: .* 100 or"),
        ({"QA_LLM_BASE_URL": "http://["}, r"QA_LLM_BASE_URL=http://\[ is out of range: Address of"),
        ({"QA_LLM_BASE_URL": "http://a:b"}, "QA_LLM_BASE_URL=http://a:b is out of range"),
        ({"QA_LLM_BASE_URL": "https://"}, "QA_LLM_BASE_URL=https:// is out of range"),
        ({"QA_LLM_BASE_URL": "ftp://a"}, "QA_LLM_BASE_URL=ftp://a is out of range"),
        ({"QA_PRECISION": "int8"}, "QA_PRECISION=int8 is out of range"),
    ],
)
def test_what_can_not_be_is_told_at_start(environ, told):
    with pytest.raises(BadRequest, match=told):
        read_settings(environ)


def test_what_shapes_an_index_changes_its_fingerprint():
    plain = Settings().fingerprint()
    assert Settings(passage_chars=500).fingerprint() != plain
    assert Settings(abstain_threshold=0.9, port=1).fingerprint() == plain
