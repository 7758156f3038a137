"""Questions that ask whether something is so, made from texts that say it.

"Did African women enter the colony as early as 1619?" has no words that answer it, but a sentence
that tells. No set of ours holds such questions, so a plain sentence of a text is turned into one.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import replace

from dataset import exchanged
from pairs import Pair, sentences_in
from variation import touches, without_answer

WHETHER = 0.2
PROSE = ("new_wiki", "squad2", "selqa", "qamr")
"""For this share of the answered questions of these sources, whose sentences are in order, one
sentence of the text is asked about too."""
FAR, WITHOUT, OF_STRANGERS = 0.6, 0.3, 0.3
"""For these shares of such questions, they are also asked of a text near theirs, of their own
without that sentence, and with another's name."""
LEFT_OUT = 0.12
"""This share of the later words of a sentence that is asked about is left out."""
_AUXILIARY = frozenset(
    "is are was were has have had can could will would should must might".split()
)
_PAST = {
    "acquired": "acquire", "agreed": "agree", "became": "become", "began": "begin",
    "brought": "bring", "built": "build", "came": "come", "chose": "choose", "fell": "fall",
    "fought": "fight", "found": "find", "gave": "give", "grew": "grow", "held": "hold",
    "kept": "keep", "led": "lead", "left": "leave", "lost": "lose", "made": "make", "met": "meet",
    "ran": "run", "required": "require", "rose": "rise", "said": "say", "saw": "see",
    "sent": "send", "sold": "sell", "spent": "spend", "spoke": "speak", "told": "tell",
    "took": "take", "united": "unite", "went": "go", "won": "win", "wrote": "write",
}  # fmt: skip
_NO_SUBJECT = frozenset(
    "about according after also although and as at because before both but by despite during even "
    "for from have he here however i if in into it like many not now of on one or others she since "
    "so some such that then there they this though thus to today under until upon we what when "
    "where which while who why with yes you".split()
)
"""Words that begin no subject, or one that means nothing outside its text."""
_NO_END = frozenset(
    "a an and are as at be but by for from had has have her his in into is its my of on or our "
    "over such than that the their this to was were which who with".split()
)
_NEGATING = frozenset("no not never neither none nobody nothing without".split())
_NO_VERB = frozenset("hundred naked sacred wicked".split())
_SUBORDINATE = frozenset("that which who when if where while because as".split())
_SUBJECT_WORDS = 7


def asked_whether(
    group: list[Pair], strangers: dict[str, list[str]], rng: random.Random
) -> Iterator[Pair]:
    """Pairs that ask whether what a text says is so, and some that their text does not answer.

    `group` is a question's texts: those that answer it, and those near it that don't.
    """
    beside = [pair for pair in group if not pair.answers]
    for pair in group:
        chosen = pair.answers and pair.source in PROSE and rng.random() < WHETHER
        asked = whether(pair, rng) if chosen else None
        if asked is None:
            continue
        yield asked
        if beside and rng.random() < FAR:
            yield replace(rng.choice(beside), question=asked.question)
        if rng.random() < WITHOUT:
            yield from without_answer(asked)
        # Another number makes it false, which the text does tell.
        if rng.random() < OF_STRANGERS and not re.search(r"\d", asked.question):
            other = exchanged(asked, strangers, rng)
            yield from [other] if other else []


def whether(pair: Pair, rng: random.Random) -> Pair | None:
    """One of the text's sentences as a question that it answers; None if no sentence can be one."""
    spans = sentences_in(pair.text)
    rng.shuffle(spans)
    for start, end in sorted(spans, key=lambda span: not touches(span, pair.evidence)):
        question = whether_so(pair.text[start:end], rng)
        if question:
            marked = ((start, end),)
            return replace(pair, question=question, answers=marked, evidence=marked, whole=True)
    return None


def whether_so(sentence: str, rng: random.Random) -> str:
    """The sentence as a question after its truth, shortened; empty if it is none of the plain ones.

    Plain is: a short subject, then an auxiliary or a verb in the past. What follows is cut off at
    a comma or after a few words, and some words are left out, as a person would not repeat it all.
    """
    words = sentence.strip(' "“”.!?').split()
    at = next((n for n, word in enumerate(words[: _SUBJECT_WORDS + 1]) if n and _asks(word)), 0)
    subject, rest = words[:at], words[at + 1 :]
    if not at or len(rest) < 3 or subject[0].lower() in _NO_SUBJECT:
        return ""
    if _SUBORDINATE.intersection(subject) or any(mark in " ".join(subject) for mark in ",:;("):
        return ""
    said = words[at]
    first, verb = (said, []) if said in _AUXILIARY else ("did", [_present(said)])
    least, most = rng.randint(3, 5), rng.randint(6, 14)
    commas = (n + 1 for n, word in enumerate(rest) if n + 1 >= least and word[-1] in ",;:")
    rest = rest[: min(next(commas, most), most)]
    rest = [
        word for n, word in enumerate(rest) if not n or word in _NEGATING or rng.random() > LEFT_OUT
    ]
    while rest and rest[-1].lower() in _NO_END:
        rest.pop()
    asked = " ".join([first, *subject, *verb, *rest]).rstrip(",;: ")
    return f"{asked[0].upper()}{asked[1:]}?"


def _asks(word: str) -> bool:
    """Whether a question can begin with this word of a sentence, or with "did" in its place."""
    if word in _AUXILIARY or word in _PAST:
        return True
    return word not in _NO_VERB and bool(re.fullmatch(r"[a-z]+[^e\W]ed", word))


def _present(past: str) -> str:
    """The verb of a past form, roughly: its readers have seen worse spelling."""
    if past in _PAST:
        return _PAST[past]
    if past.endswith("ied") and len(past) > 4:
        return f"{past[:-3]}y"
    stem = past[:-2]
    doubled = len(stem) > 3 and stem[-1] == stem[-2] and stem[-1] not in "lsfz"
    if doubled:
        return stem[:-1]
    silent = re.search(
        r"([aiou][vzgkd]|[aou]t|[aeiou]s|[cvuzgi]|[bdt]l|(?<![aeiou])([iu]n|[aiou][rmb]))$", stem
    )
    return f"{stem}e" if silent else stem
