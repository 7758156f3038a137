"""The errors a user can meet; each message says what is wrong and what to do next.

QAError
├── BadRequest          the question, a filter or a setting is not usable
├── NotFound            no article, answer or conversation of that id
├── NoIndex             nothing has been indexed yet
├── IndexMismatch       the index was built with other settings
├── IndexBusy           another process is writing the index
├── IndexDamaged        what was built does not pass its check
├── MostlyGone          more than half of a path's articles would leave
└── ModelFailed         the language model gave no usable reply
"""


class QAError(Exception):
    """The root of every error that is told to a user in one sentence."""

    code = "error"


class BadRequest(QAError):
    """The question, a filter or a setting is not usable."""

    code = "bad_request"


class NotFound(QAError):
    """No article, answer or conversation of that id."""

    code = "not_found"


class NoIndex(QAError):
    """Nothing has been indexed yet."""

    code = "no_index"


class IndexMismatch(QAError):
    """The index was built with another model, chunking or version."""

    code = "index_mismatch"


class IndexBusy(QAError):
    """Another process is writing the index."""

    code = "index_busy"


class IndexDamaged(QAError):
    """A new generation did not pass its check and was not published."""

    code = "index_damaged"


class MostlyGone(QAError):
    """More than half of a path's articles would leave the index."""

    code = "mostly_gone"


class ModelFailed(QAError):
    """The language model gave no usable reply; the message is the reason, for the answer record."""

    code = "model_failed"
