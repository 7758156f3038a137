"""The command: `QA_BENCH_DIR=... python -m benchmarks.quality [--only SET,...] [--limit N]`."""

import json
import sys
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console

from benchmarks.quality.bench import Bench, say
from benchmarks.quality.cases import Missing
from benchmarks.quality.measures import Row
from benchmarks.quality.sets import SETS
from benchmarks.quality.table import as_json, table
from qa import BadRequest, QAError, Settings, read_settings
from qa.evaluation.run import SHOWN_SETTINGS

WIDTH_IN_A_FILE = 160


@dataclass
class Run:
    """What has been measured so far, and why the rest has not."""

    bench: Bench
    rows: list[Row] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    def measure(self, name: str) -> None:
        """Measure one set; what goes wrong in it must not cost the others."""
        started = time.monotonic()
        try:
            self.rows += SETS[name](self.bench)
        except Missing as reason:
            self.skipped[name] = str(reason)
        except KeyboardInterrupt:
            self.failed[name] = "stopped."
            raise
        except Exception as error:
            if not isinstance(error, QAError):
                traceback.print_exc()
            self.failed[name] = f"{type(error).__name__}: {error}"
        self.seconds[name] = round(time.monotonic() - started, 1)

    def save(self, file: Path) -> None:
        """Write all of it as JSON, with the settings that shape answers."""
        shown = ("reader", *SHOWN_SETTINGS)
        report = {
            "generated_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "settings": {name: getattr(self.bench.settings, name) for name in shown},
            "limit": self.bench.limit,
            "seconds": self.seconds,
            "left_out": self.skipped | self.failed,
            "rows": [as_json(row) for row in self.rows],
        }
        file.write_text(json.dumps(report, indent=1, ensure_ascii=False), "utf-8")

    def show(self) -> None:
        """Print the table; on standard error, what it lacks."""
        if self.rows:
            caption = "95 % intervals by bootstrap over questions, by Wilson where all agree"
            if self.bench.limit:
                caption += f"; only the first {self.bench.limit} questions of each set"
            width = None if sys.stdout.isatty() else WIDTH_IN_A_FILE
            Console(width=width, highlight=False).print(table(self.rows, caption))
        for what, reasons in (("Skipped", self.skipped), ("Failed", self.failed)):
            for name, reason in reasons.items():
                say(f"{what} {name}: {reason}")


def usable_settings() -> Settings:
    """The settings; raises BadRequest where they name no folder of benchmark data."""
    settings = read_settings()
    if not settings.bench_dir:
        raise BadRequest("QA_BENCH_DIR is not set; it names the folder of public benchmark data.")
    if not Path(settings.bench_dir).is_dir():
        raise BadRequest(f"QA_BENCH_DIR={settings.bench_dir} is not a folder.")
    return settings


def chosen_sets(context: click.Context, option: click.Parameter, value: str | None) -> list[str]:
    """The names of `--only`, in the order of SETS."""
    names = set(value.split(",")) if value else set(SETS)
    if unknown := sorted(names - set(SETS)):
        raise click.BadParameter(f"no set {', '.join(unknown)}; the sets are {', '.join(SETS)}.")
    return [name for name in SETS if name in names]


@click.command()
@click.option("--only", callback=chosen_sets, metavar="SET[,SET]", help="Only these sets.")
@click.option("--limit", type=click.IntRange(1), help="Only the first questions of each set.")
@click.option(
    "--json", "file", type=click.Path(path_type=Path), help="Write all figures to this file."
)
def main(only: Sequence[str], limit: int | None, file: Path | None) -> None:
    """Measure the engine on the public sets in QA_BENCH_DIR, beside their marks."""
    try:
        run = Run(Bench(usable_settings(), limit=limit))
        if file:
            run.save(file)  # what can't be written is told now, not in an hour
    except (QAError, OSError) as error:
        raise click.ClickException(str(error)) from error
    try:
        for name in only:
            run.measure(name)
            if file:
                run.save(file)
    except KeyboardInterrupt:
        say("Stopped; what was measured before follows.")
    run.show()
    if run.failed or not run.rows:
        sys.exit(1)


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.quality")
