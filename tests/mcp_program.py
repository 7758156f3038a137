"""Serves the index in the folder given by pipes, over an embedder that prints where it must not."""

import os
import sys
from pathlib import Path

from conftest import WordEmbedder

from qa.engine import Engine
from qa.mcp_server import serve_stdio
from qa.settings import Settings


class Talkative(WordEmbedder):
    """Prints as libraries do while they load a model, from Python and from below it."""

    def embed(self, texts):
        sys.stdout.write("loading a model\n")
        os.write(1, b"loading its weights\n")
        return super().embed(texts)


if __name__ == "__main__":
    settings = Settings(
        index_dir=Path(sys.argv[1]), embedding_model="words", reader="none", abstain_threshold=0.0
    )
    serve_stdio(Engine(settings, Talkative()))
