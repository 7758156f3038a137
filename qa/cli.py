"""The command line: each command parses, makes one call, and prints.

Exit status: 0, 1 for an error told in one sentence, 2 for wrong usage. With `--json`,
standard output holds the JSON alone; progress and errors go to standard error.
"""

import io
import sys
from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from qa import __version__
from qa.errors import BadRequest, QAError
from qa.settings import Settings, read_settings

if TYPE_CHECKING:
    from qa.engine import Engine
    from qa.records import Answer, Filters

F = TypeVar("F", bound=Callable[..., Any])


class _Commands(click.Group):
    """Tells our own errors in one sentence, with exit status 1."""

    def invoke(self, ctx: click.Context) -> Any:  # Any: whatever the command returns
        for stream in (sys.stdout, sys.stderr):  # a terminal that lacks a letter gets a mark
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")
        try:
            return super().invoke(ctx)
        except QAError as error:
            raise click.ClickException(str(error)) from error
        except BrokenPipeError:  # `qa ask ... | head` is no error
            sys.stderr.close()
            ctx.exit(0)
        except OSError as error:
            raise click.ClickException(f"{error.strerror or error}: {error.filename}.") from error
        except KeyboardInterrupt:
            raise click.ClickException(
                "Stopped. Nothing published is lost; the same command goes on from here."
            ) from None


def _index_dir(command: F) -> F:
    """Give a command its settings, with `--index-dir` over the environment."""

    @click.option(
        "--index-dir",
        type=click.Path(file_okay=False, path_type=Path),
        help="Folder of the index [default: vectorstore].",
    )
    @wraps(command)
    def with_settings(*args: Any, index_dir: Path | None, **kwargs: Any) -> Any:
        return command(read_settings(index_dir=index_dir), *args, **kwargs)

    return with_settings  # type: ignore[return-value]  # click takes any callable


def _filters(command: F) -> F:
    """Give a command `filters` from `--source`, `--from` and `--to`."""
    day = click.DateTime(formats=["%Y-%m-%d"])

    @click.option("--source", help="Only articles of this source.")
    @click.option("--from", "from_", type=day, help="Only articles published on this day or later.")
    @click.option("--to", type=day, help="Only articles published on this day or before.")
    @wraps(command)
    def with_filters(
        *args: Any,
        source: str | None,
        from_: datetime | None,
        to: datetime | None,
        **kwargs: Any,
    ) -> Any:
        from qa.records import Filters

        filters = Filters(source, _day(from_), _day(to))
        return command(*args, filters=filters, **kwargs)

    return with_filters  # type: ignore[return-value]  # click takes any callable


_sentences = click.option(
    "--sentences",
    type=click.IntRange(1, 10),
    help="Most sentences in an answer.",
)


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.date()


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="qa")
def main() -> None:
    """Ask a collection of articles; every sentence of an answer is cited.

    \b
    qa index my-articles
    qa ask "Who met whom in Moscow?"
    """


@main.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--columns", help="Names of table columns, as in id=doc_id,published=publish_date.")
@click.option("--force", is_flag=True, help="Go on although most articles of a path are gone.")
@click.option("--rebuild", is_flag=True, help="Cut all indexed articles anew, then go on.")
@_index_dir
def index(
    settings: Settings, paths: tuple[Path, ...], columns: str | None, force: bool, rebuild: bool
) -> None:
    """Bring the index up to date with articles at PATHS [default: seeds].

    \b
    qa index articles/ news.csv.gz --columns id=doc_id,text=body
    """
    from qa import indexing, output
    from qa.loaders import parse_columns
    from qa.models import LocalEmbedder

    embedder = LocalEmbedder(settings)
    mapping = parse_columns(columns) if columns else {}
    with output.progress() as progress:
        if rebuild or indexing.is_of_older_format(settings):
            output.show_summary(indexing.rebuild(settings, embedder, progress))
        if paths or not rebuild:
            summary = indexing.index_paths(
                settings,
                embedder,
                paths or (Path("seeds"),),
                columns=mapping,
                force=force,
                progress=progress,
            )
            output.show_summary(summary)
            if summary.failures and not (summary.added or summary.changed or summary.unchanged):
                raise click.ClickException("No article could be read; the reasons stand above.")
    output.show_undated(*indexing.undated(settings))


@main.command()
@click.argument("article_or_path")
@_index_dir
def remove(settings: Settings, article_or_path: str) -> None:
    """Take an article out by its id, or all articles of a file or folder.

    \b
    qa remove old-articles/
    """
    from qa import indexing, output
    from qa.models import LocalEmbedder

    output.show_summary(indexing.remove(settings, LocalEmbedder(settings), article_or_path))


@main.command()
@click.argument("question")
@click.option("--json", "as_json", is_flag=True, help="Print the answer record as JSON.")
@click.option(
    "--compare", is_flag=True, help="Answer in the articles' own words and by QA_LLM's model."
)
@click.option("-k", type=int, help="Passages that the answer is chosen from, 1 to 100.")
@_sentences
@_filters
@_index_dir
def ask(
    settings: Settings,
    question: str,
    as_json: bool,
    compare: bool,
    k: int | None,
    sentences: int | None,
    filters: "Filters",
) -> None:
    """Answer QUESTION from the articles, or say that they don't.

    \b
    qa ask "What did the ministers agree on?" --from 2025-01-01
    """
    from qa import output
    from qa.records import Comparison

    answered: Answer | Comparison
    with output.waiting():
        engine = _engine(settings)
        ask_it = engine.compare if compare else engine.ask
        answered = ask_it(question, filters=filters, k=k, sentences=sentences)
    if as_json:
        click.echo(answered.model_dump_json(indent=2))
    elif isinstance(answered, Comparison):
        output.show_comparison(answered, engine.settings.llm)
    else:
        output.show_answer(answered)


@main.command()
@_sentences
@_filters
@_index_dir
def chat(settings: Settings, sentences: int | None, filters: "Filters") -> None:
    """Ask on and on; a question may lean on those before it. End with `exit` or Ctrl-D.

    \b
    qa chat --source MillenniumPost
    """
    from qa import output
    from qa.records import Turn
    from qa.wording import turn_of

    with output.waiting():
        engine = _engine(settings)
        engine.statistics()
        engine.warm_up()
    turns: list[Turn] = []
    while question := _next_question():
        try:
            answer: Answer = engine.ask(
                question, history=turns, filters=filters, sentences=sentences
            )
        except QAError as error:
            click.echo(f"Error: {error}", err=True)
            continue
        output.show_answer(answer)
        turns.append(turn_of(answer))


def _next_question() -> str:
    """The next line that is not blank; "" at the end of the input."""
    while True:
        try:
            line = input("\n? " if sys.stdin.isatty() else "").strip()
        except (EOFError, KeyboardInterrupt):
            return ""
        if line in ("exit", "quit"):
            return ""
        if line:
            return line


@main.command()
@click.argument("query")
@click.option("--json", "as_json", is_flag=True, help="Print the passages as JSON.")
@click.option("-k", type=int, help="Passages to show, 1 to 100.")
@_filters
@_index_dir
def search(
    settings: Settings, query: str, as_json: bool, k: int | None, filters: "Filters"
) -> None:
    """Show the passages that QUERY finds.

    \b
    qa search "terror financing" -k 3
    """
    from qa import output

    with output.waiting():
        result = _engine(settings).search(query, filters=filters, k=k)
    if as_json:
        click.echo(result.model_dump_json(indent=2))
    else:
        output.show_passages(result.passages)


@main.command()
@click.option("--host", help="Address to listen on [default: 127.0.0.1].")
@click.option("--port", type=int, help="Port to listen on; 0 takes a free one [default: 8000].")
@click.option(
    "--index-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the index [default: vectorstore].",
)
def serve(host: str | None, port: int | None, index_dir: Path | None) -> None:
    """Serve the web chat and the HTTP interface.

    \b
    qa serve --port 8080
    """
    # The one place where the engine's package reaches for the site: to start it.
    from web.serving import serve as serve_site

    settings = read_settings(index_dir=index_dir, host=host, port=port)
    serve_site(_engine(settings), settings, lambda url: click.echo(f"Ask the articles at {url}"))


@main.command()
@click.option(
    "--transport",
    type=click.Choice(["stdio", "http"]),
    default="stdio",
    show_default=True,
    help="Standard input and output, for a program that starts this one; or streamable HTTP.",
)
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="With http, address to listen on."
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8001,
    show_default=True,
    help="With http, port to listen on; 0 takes a free one.",
)
@_index_dir
def mcp(settings: Settings, transport: str, host: str, port: int) -> None:
    """Give the articles to other programs as tools and resources, by the Model Context Protocol.

    \b
    qa mcp --transport http --port 8001
    """
    try:
        from qa import mcp_server
    except ImportError as error:
        raise BadRequest(
            "`qa mcp` needs the package mcp, 2.3 or newer; get it with `pip install '.[mcp]'`."
        ) from error

    if transport == "stdio":
        mcp_server.serve_stdio(_engine(settings))
    else:
        mcp_server.serve_http(
            _engine(settings), settings, host, port, lambda url: click.echo(f"MCP is at {url}")
        )


@main.command(name="eval")
@click.argument("testset", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--json",
    "json_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write all figures and cases to this file.",
)
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write an HTML page with every question to this file.",
)
@click.option(
    "--min",
    "minima",
    multiple=True,
    metavar="METRIC=VALUE",
    help="Exit 1 below this value; again for more.",
)
@click.option(
    "--max",
    "maxima",
    multiple=True,
    metavar="METRIC=VALUE",
    help="Exit 1 above this value; again for more.",
)
@_index_dir
def evaluate(
    settings: Settings,
    testset: Path,
    json_file: Path | None,
    report: Path | None,
    minima: tuple[str, ...],
    maxima: tuple[str, ...],
) -> None:
    """Ask all questions of TESTSET and measure the answers.

    \b
    qa eval tests/testsets/seeds.jsonl --report report.html --min contained=0.75
    """
    from qa import evaluation, output

    gates = [evaluation.parse_gate(text, "--min") for text in minima]
    gates += [evaluation.parse_gate(text, "--max") for text in maxima]
    cases = evaluation.read_testset(testset)
    for file in (json_file, report):
        if file and not file.parent.is_dir():
            raise BadRequest(f"There is no folder {file.parent} to write {file.name} into.")
    with output.progress() as progress:
        measured = evaluation.evaluate(
            _engine(settings),
            cases,
            lambda done, total: progress("ask", done, total),
            testset=str(testset),
        )
    if json_file:
        json_file.write_text(evaluation.report_json(measured), "utf-8")
    if report:
        report.write_text(evaluation.report_html(measured), "utf-8")
    output.show_warnings(measured.warnings)
    output.show_table(evaluation.report_table(measured))
    problems = evaluation.check_gates(measured, gates)
    if problems:
        raise click.ClickException(" ".join(problems))


@main.command()
@_index_dir
def doctor(settings: Settings) -> None:
    """Check the installation, the index and the language model; say which hosts are contacted.

    \b
    qa doctor --index-dir vectorstore
    """
    from qa import doctor as checks
    from qa import output

    found = checks.examine(settings)
    output.show_checks(found)
    if not all(check.ok for check in found):
        raise click.exceptions.Exit(1)


def _engine(settings: Settings) -> "Engine":
    """The engine that the settings name, or the one that a caller of `main` gives as `obj`."""
    given: Engine | None = click.get_current_context().obj
    if given is not None:
        return given
    from qa.engine import open_engine

    return open_engine(settings)


if __name__ == "__main__":
    main()
