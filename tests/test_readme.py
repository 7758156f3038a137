"""The README is true: what can be derived is derived (`make readme`), the rest is checked."""

import ast
import json
import re
import sys
from dataclasses import fields

import pytest
from conftest import ROOT

from qa.cli import main
from qa.records import Answer
from qa.settings import Settings

README = ROOT / "README.md"
HTTP = ROOT / "docs" / "http.md"


def settings_table() -> str:
    rows = ["| variable | default | what it sets |", "|---|---|---|"]
    for f in fields(Settings):
        default = str(f.default) or "(empty)"
        rows.append(f"| `QA_{f.name.upper()}` | `{default}` | {f.metadata['help']} |")
    return "\n".join(rows)


def module_map() -> str:
    rows = ["| file | what lives there |", "|---|---|"]
    rows.append("| `seeds/` | five articles to try it on |")
    for path in sorted([*(ROOT / "qa").rglob("*.py"), *(ROOT / "web").rglob("*.py")]):
        first = (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").split("\n")[0]
        rows.append(
            f"| `{path.relative_to(ROOT).as_posix()}` | {first.replace('|', chr(92) + '|')} |"
        )
    rows += [
        "| `web/templates/`, `web/static/` | the pages, their style, scripts and fonts |",
        "| `qa/reader.safetensors`, `qa/evidence.json` | the reader, and what its scores weigh |",
        "| `qa/support.json` | what supports a written sentence |",
        "| `training/` | makes the reader's training set, trains and measures it, fits weights |",
        "| `benchmarks/quality/` | measures on public question sets, beside published figures |",
        "| `benchmarks/hostile.py` | what hostile articles get through, with the shipped models |",
        "| `tests/` | one file a module, the test sets, and `make_screenshots.py` |",
        "| `vectorstore/` | where the built index lives |",
    ]
    return "\n".join(rows)


def answer_schema() -> str:
    schema = json.dumps(Answer.model_json_schema(mode="serialization"), indent=1)
    return f"```json\n{schema}\n```"


DERIVED = {
    "settings": (README, settings_table),
    "map": (README, module_map),
    "schema": (HTTP, answer_schema),
}


def section(text: str, name: str) -> str:
    found = re.search(rf"<!-- {name} -->\n(.*?)\n<!-- /{name} -->", text, re.DOTALL)
    assert found, f"the README has no section {name}"
    return found.group(1)


@pytest.mark.parametrize("name", list(DERIVED))
def test_derived_sections_are_up_to_date(name):
    page, derive = DERIVED[name]
    assert section(page.read_text("utf-8"), name) == derive(), "run `make readme`"


@pytest.mark.parametrize("command", sorted(main.commands))
def test_a_commands_row_in_the_readme_names_its_options(command):
    (row,) = re.findall(rf"^\| `qa {command}\b.*", README.read_text("utf-8"), re.MULTILINE)
    options = {name for option in main.commands[command].params for name in option.opts}
    told = set(re.findall(r"`(--?[a-z][a-z-]*)", row))
    assert told | {"--index-dir"} == {name for name in options if name.startswith("-")}


def test_every_make_target_is_in_the_readme():
    text = README.read_text("utf-8")
    targets = re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert [t for t in targets if f"`make {t}`" not in text and t != "help"] == []


def test_files_that_the_readme_names_exist():
    text = README.read_text("utf-8")
    named = re.findall(r"\]\((?!http)([^)#]+)\)", text)
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.model
def test_the_python_example_runs(seeds_index, monkeypatch, capsys):
    code = re.search(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    assert code
    monkeypatch.setenv("QA_INDEX_DIR", str(seeds_index.index_dir))
    exec(compile(code.group(1), "README.md", "exec"), {})
    assert "April 28, 2025" in capsys.readouterr().out


def write() -> None:
    """Bring the derived sections up to date."""
    for name, (page, derive) in DERIVED.items():
        text = page.read_text("utf-8")
        old, new = (f"<!-- {name} -->\n{part}\n" for part in (section(text, name), derive()))
        page.write_text(text.replace(old, new), "utf-8")


if __name__ == "__main__":
    sys.exit(write())
