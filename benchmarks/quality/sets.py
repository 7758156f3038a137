"""The sets: each a function from the bench to its rows, with floor, published value and mark."""

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from benchmarks.quality.bench import ROOT, Bench, each, progress, say
from benchmarks.quality.cases import (
    Marked,
    clapnq,
    conversations,
    in_pool,
    natural_questions,
    qed,
    quiz,
    withdrawn,
)
from benchmarks.quality.measures import (
    Row,
    Unit,
    estimated,
    nearest_sentence,
    rank_of_first,
    recall,
)
from qa import Answer, Ask, Engine, Turn
from qa.evaluation import Case, Report, evaluate, read_testset
from qa.evaluation.metrics import contains, mean, quantile

Beside = dict[str, Any]
"""What a row stands beside: floor, published (and by whom), mark."""

ANSWERING: dict[str, Any] = {"abstain_threshold": 0.0, "sentences": 3}
"""The settings of "contains": never refusing, in at most three sentences."""
DEPTHS = (1, 5, 10, 16)
"""The last is how many passages are read where no setting says otherwise."""
TIMED, WARMING = 40, 5
TESTSETS = ROOT / "tests" / "testsets"
QUIZ: dict[int, Beside] = {
    2022: {"floor": 0.413, "published": 0.502, "by": "GPT-3 with search", "mark": 0.55},
    2023: {"floor": 0.242, "published": 0.342, "by": "GPT-3 with search", "mark": 0.36},
}
WITHDRAWAL: dict[int, Beside] = {2022: {"mark": 0.72}, 2023: {}}
MILLISECONDS = {"seeds": 150, "realtimeqa_2022": 300}


def realtimeqa(bench: Bench, year: int) -> Iterator[Row]:
    """The news quiz over all articles of its year: what answers hold, and what search finds."""
    name = f"realtimeqa_{year}"
    cases = bench.first(quiz(bench.data, year))
    answers, answer_ranks, quiz_ranks = [], [], []
    with bench.engine(name, **ANSWERING) as engine:
        for case in each(name, cases):
            evidence = engine.retrieve(Ask(case.question))
            answers.append(engine.answer(evidence))
            found = [hit.record() for hit in evidence.hits]
            answer_ranks.append(rank_of_first(contains(p.text, case.answers) for p in found))
            if case.articles:
                quiz_ranks.append(rank_of_first(p.article_id in case.articles for p in found))
    yield from contained(name, cases, answers, "at most 3 sentences", QUIZ[year], {"floor": 80})
    yield from contained(name, cases, answers, "first sentence")
    if quiz_ranks:
        hit = estimated(rank <= 10 for rank in quiz_ranks)
        yield Row(set=name, measure="hit@10, quiz's article", measured=hit, floor=0.792, mark=0.88)
    for depth in DEPTHS:
        share = estimated(rank <= depth for rank in answer_ranks)
        yield Row(set=name, measure=f"answer in first {depth} passages", measured=share)


def withdrawal(bench: Bench, year: int) -> Iterator[Row]:
    """The news quiz, each question asked with the articles that answer it and without them."""
    name = f"withdrawal_{year}"
    cases = [case for pair in bench.first(withdrawn(bench.data, year)) for case in pair]
    with bench.engine(f"realtimeqa_{year}") as engine:
        report = asked(engine, name, cases)
    # The halves of a pair are resampled apart, which makes the intervals rather too wide.
    yield from refusing(name, report, balanced_accuracy=WITHDRAWAL[year])


def clapnq_dev(bench: Bench) -> Iterator[Row]:
    """ClapNQ with the passage at hand: refusing, and the choice of the first sentence."""
    answerable = bench.first(clapnq(bench.data, answerable=True))
    unanswerable = bench.first(clapnq(bench.data, answerable=False))
    cases = [marked.case for marked in (*answerable, *unanswerable)]
    with bench.engine() as engine:
        report = asked(engine, "clapnq: refusing", cases)
    yield from refusing(
        "clapnq",
        report,
        abstention_recall={"published": 0.892, "by": "tuned T5-large"},
        auroc={"floor": 0.87, "mark": 0.95},
    )
    yield first_sentence(bench, "clapnq", answerable, floor=0.753)


def qed_dev(bench: Bench) -> Iterator[Row]:
    """QED with the paragraph at hand: whether the first sentence is the one that entails."""
    yield first_sentence(bench, "qed", bench.first(qed(bench.data)), floor=0.738, mark=0.80)


def nq(bench: Bench) -> Iterator[Row]:
    """Natural Questions with the gold passage at hand, answered in one sentence."""
    cases = bench.first(natural_questions(bench.data))
    with bench.engine(**ANSWERING) as engine:
        answers = [from_passages(engine, case) for case in each("nq", cases)]
    published = {"published": 0.847, "by": "Llama-2-70B", "mark": 0.85}
    yield from contained("nq", cases, answers, "first sentence", published)


def wiki_pool(bench: Bench) -> Iterator[Row]:
    """One haystack of Wikipedia: Natural Questions answered, ClapNQ's answered or refused."""
    cases = bench.first(in_pool(bench.data, "nq_oracle"))
    other = in_pool(bench.data, "clapnq_dev")
    mixed = [c for kind in (True, False) for c in bench.first(_of_kind(other, answerable=kind))]
    with bench.engine("wiki_pool", **ANSWERING) as engine:
        answers = [engine.ask(case.question) for case in each("wiki_pool", cases)]
    with bench.engine("wiki_pool") as engine:
        report = asked(engine, "wiki_pool: refusing", mixed)
    yield from contained("wiki_pool", cases, answers, "at most 3 sentences")
    yield from contained("wiki_pool", cases, answers, "first sentence")
    yield from refusing("wiki_pool", report)


def mtrag(bench: Bench) -> Iterator[Row]:
    """Conversations: how much of what helps is among the first five articles found."""
    talks = bench.first(conversations(bench.data, "clapnq"))
    with bench.engine("mtrag_clapnq") as engine:

        def measured(what: str, asks: Sequence[Ask], **beside: Any) -> Row:
            values = []
            for talk, ask in each(f"mtrag: {what}", list(zip(talks, asks))):
                found = (hit.record().article_id for hit in engine.retrieve(ask).hits)
                values.append(recall(found, talk.relevant, 5))
            measure, value = f"recall@5, {what}", estimated(values)
            return Row(set="mtrag", measure=measure, measured=value, unit="ratio", **beside)

        # Deeper than five passages, as several can be of one article.
        ask = partial(Ask, k=max(DEPTHS))
        turns = [ask(talk.question, history=talk.history) for talk in talks]
        yield measured("from the conversation", turns, floor=0.390, mark=0.426)
        yield measured("last turn alone", [ask(t.question) for t in talks], floor=0.390)
        yield measured("a person's rewrite", [ask(t.rewrite) for t in talks], floor=0.426)


def seeds(bench: Bench) -> Iterator[Row]:
    """The project's own two test sets about the seed articles, as `qa eval` measures them."""
    with bench.engine("seeds") as engine:
        for name in ("seeds", "seeds_paraphrased"):
            cases = bench.first(read_testset(TESTSETS / f"{name}.jsonl"))
            report = asked(engine, name, cases)
            held = report.metrics["contained"]
            yield Row(set=name, measure="contained", measured=held, mark=0.92)
            yield from refusing(
                name,
                report,
                abstention_recall={"mark": 0.90},
                wrongly_refused={"mark": 0.05, "at_most": True},
            )


def speed(bench: Bench) -> Iterator[Row]:
    """How long an answer takes, over five articles and over a year of news."""
    for corpus, limit in MILLISECONDS.items():
        name = f"time, {corpus}"
        is_seeds = corpus == "seeds"
        cases = read_testset(TESTSETS / "seeds.jsonl") if is_seeds else quiz(bench.data, 2022)
        with bench.engine(corpus) as engine:
            for case in cases[TIMED : TIMED + WARMING]:
                timed(engine, case)
            times = [timed(engine, case) for case in each(name, bench.first(cases[:TIMED]))]
        whole, searching, answering = zip(*times)
        for measure, values, share, mark in (
            ("median", whole, 0.5, limit),
            ("95th percentile", whole, 0.95, None),
            ("median of retrieve", searching, 0.5, None),
            ("median of answer", answering, 0.5, None),
        ):
            row = partial(Row, set=name, unit="ms", mark=mark, at_most=True)
            yield row(measure=measure, measured=estimated(values, quantile(share)))


SETS: dict[str, Callable[[Bench], Iterator[Row]]] = {
    "realtimeqa_2022": partial(realtimeqa, year=2022),
    "realtimeqa_2023": partial(realtimeqa, year=2023),
    "withdrawal_2022": partial(withdrawal, year=2022),
    "withdrawal_2023": partial(withdrawal, year=2023),
    "clapnq": clapnq_dev,
    "qed": qed_dev,
    "nq": nq,
    "wiki_pool": wiki_pool,
    "mtrag": mtrag,
    "seeds": seeds,
    "time": speed,
}


def asked(engine: Engine, what: str, cases: Sequence[Case]) -> Report:
    """The run of `cases` as `qa eval` makes it; questions that failed are told of."""
    report = evaluate(engine, cases, progress(what))
    if errors := [case.error for case in report.cases if case.error]:
        say(f"{what}: {len(errors)} questions failed; the first: {errors[0]}")
    return report


def contained(
    name: str,
    cases: Sequence[Case],
    answers: Sequence[Answer],
    what: str,
    share: Beside | None = None,
    words: Beside | None = None,
) -> Iterator[Row]:
    """How many responses hold an accepted answer, and how long they are: whole or the first."""
    count = 1 if what == "first sentence" else None
    texts = [" ".join(s.text for s in answer.sentences[:count]) for answer in answers]
    held = estimated(contains(text, case.answers) for text, case in zip(texts, cases))
    yield Row(set=name, measure=f"contains, {what}", measured=held, **share or {})
    length = estimated((len(text.split()) for text in texts), mean)
    yield Row(set=name, measure=f"words, {what}", measured=length, unit="words", **words or {})


def refusing(name: str, report: Report, **beside: Beside) -> Iterator[Row]:
    """The rows about refusing, each with what `beside` has under the metric's name."""
    for metric, measure in (
        ("abstention_recall", "refused, unanswerable"),
        ("wrongly_refused", "refused, answerable"),
        ("balanced_accuracy", "balanced accuracy of refusing"),
        ("auroc", "AUROC of confidence"),
    ):
        unit: Unit = "ratio" if metric == "auroc" else "percent"
        value = report.metrics[metric]
        yield Row(set=name, measure=measure, measured=value, unit=unit, **beside.get(metric, {}))


def first_sentence(bench: Bench, name: str, questions: Sequence[Marked], **beside: Any) -> Row:
    """How often the first sentence of an answer is one of those that are right."""
    values = []
    with bench.engine(**ANSWERING) as engine:
        for marked in each(f"{name}: first sentence", [q for q in questions if q.right]):
            first = from_passages(engine, marked.case).citations[:1]
            chosen = [nearest_sentence(c.start, c.end, marked.sentences) for c in first]
            values.append(not marked.right.isdisjoint(chosen))
    measured = estimated(values)
    return Row(set=name, measure="first sentence is right", measured=measured, **beside)


def from_passages(engine: Engine, case: Case) -> Answer:
    """The answer from the passages that the case brings."""
    return engine.answer_from(case.question, [p.model_dump() for p in case.passages or ()])


def timed(engine: Engine, case: Case) -> tuple[float, float, float]:
    """Milliseconds of a whole answer by the clock, and of its two parts as it says itself."""
    history = [Turn(question) for question in case.history or ()]
    started = time.perf_counter()
    spent = engine.ask(case.question, history=history).timings_ms
    return (time.perf_counter() - started) * 1000, spent.retrieve, spent.answer


def _of_kind(cases: Sequence[Case], *, answerable: bool) -> list[Case]:
    return [case for case in cases if case.answerable is answerable]
