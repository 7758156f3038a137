import pytest

PLAN = """The city council of Larkhaven adopted a flood protection plan on Tuesday.

The plan contains three measures:

- a new dike of 3.2 km along the Aln
- pumps for the old town, which
  Mira Lund builds
- a retention basin in Wesley Park

The measures will cost 84 million euros in all. Work begins in May 2026.

## How to apply for a subsidy

1. Register on the city's website.
2. Send in two quotes from builders.
3. Hand in the bills within six months.

Nobody has applied so far."""
MEASURES = PLAN[PLAN.index("The plan contains") : PLAN.index("\n\nThe measures will")]
STEPS = PLAN[PLAN.index("1. Register") : PLAN.index("\n\nNobody")]


@pytest.fixture
def told(seeds_engine):
    """The sentences of the answer, without a language model, from the plan alone."""

    def told(question: str, text: str = PLAN) -> list[str]:
        answer = seeds_engine.answer_from(question, [{"title": "Flood plan", "text": text}])
        assert [text[c.start : c.end] for c in answer.citations] == [
            c.quote for c in answer.citations
        ]
        return [sentence.text for sentence in answer.sentences]

    return told


@pytest.mark.parametrize(
    ("question", "whole"),
    [
        ("Which measures does the flood plan contain?", MEASURES),
        ("What does the plan contain?", MEASURES),
        ("List the measures of the flood plan", MEASURES),
        ("How do I apply for a subsidy?", STEPS),
        ("What are the steps to apply for a subsidy?", STEPS),
    ],
)
def test_who_asks_for_a_list_gets_it_with_the_line_above(told, question, whole):
    assert told(question) == [whole]


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("How long is the new dike?", "a new dike of 3.2 km along the Aln"),
        ("What is the first step to apply for a subsidy?", "Register on the city's website."),
        ("Where is the retention basin?", "a retention basin in Wesley Park"),
    ],
)
def test_who_asks_for_one_point_gets_that(told, question, first):
    assert told(question)[0] == first


def test_a_long_list_is_cut_between_points(told):
    points = [f"- dike number {n} of the plan, " + "long " * 20 + "indeed" for n in range(1, 9)]
    text = "\n".join(["The plan contains these dikes:", *points])
    [listed] = told("Which dikes does the plan contain?", text)
    assert listed == "\n".join(["The plan contains these dikes:", *points[:4]])
