"""Imports go one way: a module imports only from layers below its own."""

import ast
import subprocess
import sys

import pytest
from conftest import ROOT

LAYERS = [
    {"errors", "log_odds", "letters", "stopwords", "arguments"},
    {"records", "settings"},
    {"loaders", "spans", "model_troubles"},
    {"library", "cache", "addresses", "wording"},
    {"library_writer", "vectors", "models", "questions", "reader_network", "model_providers"},
    {
        "recency",
        "amounts",
        "rows",
        "contrasts",
        "retractions",
        "proposals",
        "days",
        "reported_questions",
        "quotations",
    },
    {
        "cutting",
        "index",
        "asked_again",
        "reading",
        "language_model",
        "details",
        "denial",
        "spelling",
        "tables",
    },
    {"others", "exact_words", "kinds", "announced"},
    {"lending"},
    {"evidence", "verification", "reply", "followups"},
    {"judge", "rewriting"},
    {
        "indexing",
        "retrieval",
        "second_look",
        "lists",
        "whole_rows",
        "antecedents",
        "changed_figures",
        "examples",
        "doctor",
    },
    {"extractive"},
    {"generation"},
    {"writer"},
    {"asking"},
    {"engine"},
    {"evaluation", "output", "mcp_tools"},
    {"mcp_server"},
    {"cli"},
    {"__main__"},
]
LAYER = {name: number for number, names in enumerate(LAYERS) for name in names}


def imports(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, [alias.name for alias in node.names]
        elif isinstance(node, ast.Import):
            yield from ((alias.name, []) for alias in node.names)


def modules():
    for path in sorted((ROOT / "qa").rglob("*.py")):
        top = path.relative_to(ROOT / "qa").parts[0].removesuffix(".py")
        if top != "__init__":
            yield pytest.param(path, top, id=str(path.relative_to(ROOT)))


@pytest.mark.parametrize(("path", "top"), list(modules()))
def test_a_module_imports_only_from_below(path, top):
    for module, names in imports(path):
        if not module.startswith("qa"):
            continue
        for below in [module.split(".")[1]] if "." in module else names:
            if below in LAYER and below != top:
                assert LAYER[below] < LAYER[top], f"{path.name} imports qa.{below}"


def test_only_the_command_that_serves_knows_the_site():
    using = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "qa").rglob("*.py")
        for module, _ in imports(path)
        if module.split(".")[0] == "web"
    }
    assert using == {"qa/cli.py"}


def test_the_site_uses_the_public_names_only():
    for path in (ROOT / "web").rglob("*.py"):
        for module, _ in imports(path):
            assert not module.startswith("qa."), f"{path.name} imports {module}"


@pytest.mark.parametrize(
    ("library", "homes"),
    [
        ("chromadb", {"vectors.py"}),
        ("torch", {"models.py", "reading.py", "reader_network.py"}),
        ("sentence_transformers", {"models.py", "reading.py"}),
        ("langchain", {"model_providers.py"}),
        ("langsmith", {"language_model.py"}),
        ("mcp", {"mcp_server.py"}),
    ],
)
def test_a_foreign_library_is_touched_in_few_modules(library, homes):
    using = {
        path.name
        for path in [*(ROOT / "qa").rglob("*.py"), *(ROOT / "web").rglob("*.py")]
        for module, _ in imports(path)
        if module.split(".")[0] == library
    }
    assert using == homes


@pytest.mark.parametrize("module", ["qa", "qa.cli", "qa.indexing", "qa.evaluation", "web"])
def test_nothing_heavy_is_imported_before_it_is_used(module):
    code = (
        f"import sys, {module}; heavy = {{'torch', 'chromadb', 'sentence_transformers', "
        "'transformers', 'trafilatura', 'pypdf', 'sklearn', 'mcp', 'uvicorn'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert found.stdout.strip() == "[]", found.stdout + found.stderr
