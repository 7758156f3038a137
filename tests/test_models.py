import threading
import time

import numpy as np
import pytest

from qa.models import LocalEmbedder
from qa.settings import Settings

pytestmark = pytest.mark.model
LONG = " ".join(f"word{n} harbour ferry council minister" for n in range(40))


def test_words_looked_up_meanwhile_do_not_shorten_a_text():
    """A tokenizer keeps how long a text may be: texts were cut as words are, half of the time."""
    embedder = LocalEmbedder(Settings(precision="float32"))
    alone = embedder.embed([LONG])
    is_done = threading.Event()

    def look_up():
        number = 0
        while not is_done.is_set():
            embedder.embed_words([f"w{number}"])
            number += 1
            time.sleep(0.0002)

    thread = threading.Thread(target=look_up)
    thread.start()
    try:
        apart = [float(np.abs(embedder.embed([LONG]) - alone).max()) for _ in range(10)]
    finally:
        is_done.set()
        thread.join()
    assert max(apart) < 1e-4


def test_a_word_is_a_row_of_length_one():
    embedder = LocalEmbedder(Settings(precision="float32"))
    ferry, boat, again, endless = embedder.embed_words(["ferry", "boat", "ferry", "x" * 5000])
    assert np.allclose([row @ row for row in (ferry, boat, endless)], 1, atol=1e-5)
    assert (ferry == again).all()
    assert ferry @ boat > ferry @ endless
