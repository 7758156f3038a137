"""What a run prints and writes: one table, and the same as JSON."""

from collections.abc import Sequence
from dataclasses import asdict
from itertools import pairwise
from typing import Any

from rich.table import Table

from benchmarks.quality.measures import Row

COLUMNS = ("value", "95 % interval", "n", "floor", "published", "mark", "reached")


def table(rows: Sequence[Row], caption: str) -> Table:
    """The rows as a table for the terminal, with a rule between sets."""
    shown = Table("set", "measure", caption=caption)
    for column in COLUMNS:
        shown.add_column(column, justify="left" if column == "published" else "right")
    for row, following in pairwise((*rows, None)):
        if row:
            ends = following is None or following.set != row.set
            shown.add_row(row.set, row.measure, *cells(row), end_section=ends)
    return shown


def cells(row: Row) -> tuple[str, ...]:
    """The numbers of a row as they are shown, in the order of COLUMNS."""

    def show(value: float | None) -> str:
        if value is None:
            return ""
        if row.unit == "percent":
            return f"{100 * value:.1f} %"
        digits = {"ratio": 3, "words": 1, "ms": 0}[row.unit]
        return f"{value:.{digits}f}" + (" ms" if row.unit == "ms" else "")

    low, high = show(row.measured.low), show(row.measured.high)
    return (
        show(row.measured.value) or "–",
        f"{low} to {high}" if low else "–",
        str(row.measured.n),
        show(row.floor),
        f"{show(row.published)} {row.by}".strip(),
        "" if row.mark is None else f"{'≤' if row.at_most else '≥'} {show(row.mark)}",
        {None: "", True: "yes", False: "no"}[row.reached],
    )


def as_json(row: Row) -> dict[str, Any]:
    """The row as a flat JSON object."""
    plain = asdict(row)
    del plain["measured"]
    return {**plain, **row.measured.model_dump(), "reached": row.reached}
