"""Of a figure that has changed, the newest is told first."""

import pytest

from qa import Settings
from qa.amounts import Figure, figure_in
from qa.engine import Engine
from qa.indexing import index_paths
from qa.models import LocalEmbedder

pytestmark = pytest.mark.model

ARTICLES = {
    "a.md": "# Storm Ilvane: rescuers still search\n\n17 September 2025\n\nThe number of people "
    "known to have died in Storm Ilvane rose to 31 on Tuesday. Another 64 people are missing.",
    "b.md": "# A month after the storm\n\n15 October 2025\n\nStorm Ilvane killed 58 people in one "
    "night. The school in Los Helechos has 24 pupils now.",
    "c.md": "# Pellman and Corvane\n\n4 July 2025\n\nCorvane first bid for Pellman in February, "
    "offering 24 euros a share. Pellman makes biscuits.",
    "e.md": "# Hospital to lose its night ward\n\n14 September 2025\n\nThe night ward of Eastmoor "
    "hospital will close on 1 December, the health board decided. Twelve nurses will move.",
    "f.md": "# Night ward stays until spring\n\n22 October 2025\n\nThe health board has put off "
    "the closing of the night ward in Eastmoor to 31 March. No bus could run before February.",
    "d.md": "# Corvane raises its bid\n\n19 May 2025\n\nCorvane responded by raising its offer for "
    "Pellman to 26.50 euros a share, all in cash.",
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("figures")
    for name, text in ARTICLES.items():
        (folder / name).write_text(text)
    settings = Settings(index_dir=folder / "index")
    index_paths(settings, LocalEmbedder(settings), [folder])
    engine = Engine(settings)
    yield engine
    engine.close()


@pytest.mark.parametrize(
    ("question", "figure"),
    [
        ("What is the death toll of Storm Ilvane?", "58 people in one night"),
        ("How many people are missing after the storm?", "Another 64"),  # nobody counts them anew
        ("How much is Corvane offering for Pellman?", "26.50 euros a share"),
        ("How much did Corvane first offer for Pellman?", "24 euros a share"),
        ("When will the night ward in Eastmoor close?", "31 March"),
        ("When will the ward be closed in Eastmoor?", "31 March"),
    ],
)
def test_the_newest_figure_is_told_first(engine: Engine, question: str, figure: str) -> None:
    answer = engine.ask(question)
    assert answer.short_answer
    assert answer.short_answer.text == figure


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("58 people", Figure(58, "peopl")),
        ("26.50 euros a share", Figure(26.5, "€")),
        ("1.2 million", Figure(1_200_000, "")),
        ("on 3 May", None),
        ("2025", None),
        ("7 to 9 days", None),
        ("nobody", None),
    ],
)
def test_a_figure_is_one_number_and_what_it_counts(text: str, figure: Figure | None) -> None:
    assert figure_in(text) == figure
