"""The HTTP interface does what /openapi.json says, for requests that fit it and that don't."""

from collections.abc import Callable
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis.strategies import SearchStrategy
from schemathesis import Case, GenerationMode
from web_fakes import FakeEngine

from qa import Cell, Citation, FoundPassage, Settings, Words
from web import create_app

EXAMPLES = 25


@pytest.fixture
def schema(tmp_path: Path) -> schemathesis.BaseSchema:
    app = create_app(FakeEngine(Settings(index_dir=tmp_path)))
    return schemathesis.openapi.from_wsgi("/openapi.json", app)


def check(cases: SearchStrategy[Case], prepare: Callable[[Case], None]) -> None:
    @given(case=cases)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def keeps_its_contract(case: Case) -> None:
        prepare(case)
        case.call_and_validate()

    keeps_its_contract()


def leave_out_reversed_dates(case: Case) -> None:
    """A schema can't say that one date must not be later than the other."""
    body = case.body if isinstance(case.body, dict) else {}
    assume(not (body.get("from") and body.get("to")) or body["from"] <= body["to"])


def ask_something(case: Case) -> None:
    """A schema can't say that the last message of a user must hold a question."""
    leave_out_reversed_dates(case)
    if case.operation.path.startswith("/v1/chat"):
        case.body["messages"].append({"role": "user", "content": "How much did the work cost?"})


def test_what_fits_the_description_is_answered(schema: schemathesis.BaseSchema) -> None:
    for found in schema.get_all_operations():
        check(found.ok().as_strategy(), ask_something)


def test_what_does_not_fit_is_refused(schema: schemathesis.BaseSchema) -> None:
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.body or operation.query:
            check(operation.as_strategy(generation_mode=GenerationMode.NEGATIVE), lambda _: None)


def test_what_exists_is_given(schema: schemathesis.BaseSchema) -> None:
    client = schema.app.test_client()

    def name_what_exists(case: Case) -> None:
        asked = {"question": "How much did the work cost?"}
        answer = client.post("/api/ask", json=asked).get_json()
        client.post("/api/feedback", json={"answer_id": answer["id"], "rating": "up"})
        ids = {
            "article_id": "harbour",
            "answer_id": answer["id"],
            "conversation_id": answer["conversation_id"],
            "model": "articles",
        }
        for name in case.path_parameters:
            case.path_parameters[name] = ids[name]

    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.path_parameters:
            check(operation.as_strategy(), name_what_exists)


class RowEngine(FakeEngine):
    """Every sentence is a row of one cell."""

    def _citation(self, number: int, passage: FoundPassage) -> Citation:
        cited = super()._citation(number, passage)
        value = Words(start=cited.start, end=cited.end, text=cited.quote)
        name = Words(start=0, end=3, text=self.article(cited.article_id).text[:3])
        return cited.model_copy(update={"cells": (Cell(column=name, value=value),)})


def test_the_cells_of_a_row_are_described(tmp_path: Path) -> None:
    app = create_app(RowEngine(Settings(index_dir=tmp_path)))
    schema = schemathesis.openapi.from_wsgi("/openapi.json", app)
    case = schema["/api/ask"]["POST"].Case(body={"question": "How much did the work cost?"})
    [cell] = case.call_and_validate().json()["citations"][0]["cells"]
    assert cell["column"] == {"start": 0, "end": 3, "text": "Ten"}
    assert cell["value"]["text"].startswith("The work cost 310 million crowns")


def test_every_address_of_the_interface_is_described(schema: schemathesis.BaseSchema) -> None:
    rules = {
        rule.rule.replace("<any_text:", "{").replace("<", "{").replace(">", "}")
        for rule in schema.app.url_map.iter_rules()
        if rule.rule.startswith(("/api/", "/v1/", "/metrics"))
    }
    assert rules == set(schema.raw_schema["paths"])
