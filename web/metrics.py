"""The figures of this site for a monitor, at the address where Prometheus looks for them."""

import logging

from flask import Blueprint, Response

from qa import QAError, Statistics
from web.site import site

blueprint = Blueprint("metrics", __name__)
log = logging.getLogger(__name__)

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@blueprint.get("/metrics")
def metrics() -> Response:
    """The totals since the site started, and the size of the index."""
    text = site().totals.exposition(_index())
    return Response(text, content_type=CONTENT_TYPE, headers={"Cache-Control": "no-store"})


def _index() -> Statistics | None:
    """What the index holds; None where there is none that can be used."""
    try:
        return site().engine.statistics()
    except QAError:
        return None
    except Exception:  # a monitor must learn of any damage, not meet it
        log.exception("the index can't be read")
        return None
