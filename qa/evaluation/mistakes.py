"""Mistakes of a test set: what it names that is not there would count as the engine's fault."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set

from qa.evaluation.metrics import contains, names_of, same_article
from qa.evaluation.testset import Case
from qa.records import ArticleSummary

Named = Mapping[str, Set[str]]
"""The ids of articles by each of their names."""


def mistakes(
    cases: Iterable[Case], articles: Sequence[ArticleSummary], text_of: Callable[[str], str]
) -> tuple[str, ...]:
    """A sentence for each mistake, after the id of its case.

    `articles` are those of the index, and `text_of` gives the text of one by its id.
    """
    indexed = _by_name(article.id for article in articles)
    told: list[str] = []
    for case in cases:
        found = list(_of_filters(case, articles))
        if case.passages is None:
            found += _of_articles(case, indexed, text_of)
        else:
            found += _of_articles(case, _by_name(case.given), case.given.__getitem__)
        told += [f"{case.id}: {mistake}." for mistake in found]
    return tuple(told)


def _of_filters(case: Case, articles: Sequence[ArticleSummary]) -> Iterator[str]:
    if case.source and all(article.source != case.source for article in articles):
        yield f'no article has the source "{case.source}"'
    for excluded in case.exclude or ():
        if all(article.id != excluded for article in articles):
            yield f'there is no article with the id "{excluded}" to exclude'


def _of_articles(case: Case, named: Named, text_of: Callable[[str], str]) -> Iterator[str]:
    there: set[str] = set()
    for expected in case.articles:
        meant = _meant_by(expected, named)
        if not meant:
            where = "in the index" if case.passages is None else "among its passages"
            yield f'there is no article "{expected}" {where}'
        there |= meant
    # One accepted answer is enough: the others may be other ways to say it.
    if there and case.answers and not any(contains(text_of(a), case.answers) for a in there):
        answers = ", ".join(f'"{answer}"' for answer in case.answers)
        yield f"no accepted answer stands in its articles ({answers})"


def _by_name(article_ids: Iterable[str]) -> Named:
    named = defaultdict(set)
    for article_id in article_ids:
        for name in names_of(article_id):
            named[name].add(article_id)
    return named


def _meant_by(expected: str, named: Named) -> set[str]:
    """The ids of the articles that `expected` names."""
    near = {a for name in names_of(expected) for a in named.get(name, ())}
    return {a for a in near if same_article(a, expected)}
