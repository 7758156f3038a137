"""Ask a collection of articles; every sentence of an answer is cited, or there is none.

    from qa import open_engine, read_settings
    print(open_engine(read_settings()).ask("Who met whom in Moscow?").answer)

Names are loaded when first used, so that importing `qa` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qa.addresses import LOOPBACK as LOOPBACK
    from qa.addresses import bind as bind
    from qa.addresses import http_address as http_address
    from qa.addresses import trusted_names as trusted_names
    from qa.arguments import PassageCount as PassageCount
    from qa.arguments import SentenceCount as SentenceCount
    from qa.arguments import mistake as mistake
    from qa.arguments import named as named
    from qa.asking import Ask as Ask
    from qa.engine import Engine as Engine
    from qa.engine import open_engine as open_engine
    from qa.errors import BadRequest as BadRequest
    from qa.errors import IndexBusy as IndexBusy
    from qa.errors import IndexDamaged as IndexDamaged
    from qa.errors import IndexMismatch as IndexMismatch
    from qa.errors import ModelFailed as ModelFailed
    from qa.errors import MostlyGone as MostlyGone
    from qa.errors import NoIndex as NoIndex
    from qa.errors import NotFound as NotFound
    from qa.errors import QAError as QAError
    from qa.records import Answer as Answer
    from qa.records import AnswerEvent as AnswerEvent
    from qa.records import AnswerSentence as AnswerSentence
    from qa.records import ArticleDetail as ArticleDetail
    from qa.records import ArticleSummary as ArticleSummary
    from qa.records import Cell as Cell
    from qa.records import Citation as Citation
    from qa.records import Comparison as Comparison
    from qa.records import Day as Day
    from qa.records import Filters as Filters
    from qa.records import FoundPassage as FoundPassage
    from qa.records import Limits as Limits
    from qa.records import Place as Place
    from qa.records import SearchResult as SearchResult
    from qa.records import ShortAnswer as ShortAnswer
    from qa.records import Statistics as Statistics
    from qa.records import Timings as Timings
    from qa.records import Turn as Turn
    from qa.records import Usage as Usage
    from qa.records import Verification as Verification
    from qa.records import Words as Words
    from qa.rows import are_lines as are_lines
    from qa.rows import around_shown as around_shown
    from qa.rows import cells_of as cells_of
    from qa.rows import shown_text as shown_text
    from qa.settings import Settings as Settings
    from qa.settings import read_settings as read_settings
    from qa.wording import STRONG_EVIDENCE as STRONG_EVIDENCE
    from qa.wording import VERDICTS as VERDICTS
    from qa.wording import likelihood as likelihood
    from qa.wording import lines_of as lines_of
    from qa.wording import provenance as provenance
    from qa.wording import signs_around as signs_around
    from qa.wording import told_in as told_in
    from qa.wording import turn_of as turn_of
    from qa.wording import verdict as verdict

_HOMES = {
    "qa.addresses": ("LOOPBACK", "bind", "http_address", "trusted_names"),
    "qa.arguments": ("PassageCount", "SentenceCount", "mistake", "named"),
    "qa.asking": ("Ask",),
    "qa.engine": ("Engine", "open_engine"),
    "qa.errors": (
        "BadRequest", "IndexBusy", "IndexDamaged", "IndexMismatch", "ModelFailed", "MostlyGone",
        "NoIndex", "NotFound", "QAError",
    ),
    "qa.records": (
        "Answer", "AnswerEvent", "AnswerSentence", "ArticleDetail", "ArticleSummary", "Cell",
        "Citation", "Comparison", "Day", "Filters", "FoundPassage", "Limits", "Place",
        "SearchResult", "ShortAnswer", "Statistics", "Timings", "Turn", "Usage", "Verification",
        "Words",
    ),
    "qa.rows": ("are_lines", "around_shown", "cells_of", "shown_text"),
    "qa.settings": ("Settings", "read_settings"),
    "qa.wording": (
        "STRONG_EVIDENCE", "VERDICTS", "likelihood", "lines_of", "provenance", "signs_around",
        "told_in", "turn_of", "verdict",
    ),
}  # fmt: skip

__all__ = sorted(name for names in _HOMES.values() for name in names)
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:  # Any: each name has its own type, see above
    """Load a public name from its module."""
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    raise AttributeError(f"module 'qa' has no attribute {name!r}")
