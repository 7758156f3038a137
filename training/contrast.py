"""Questions about something akin to what a text tells: the same question but for one word.

"How many were injured?" beside a text that tells how many died, "in August" beside one about July:
what people ask of articles that don't answer is mostly that near. A stranger's name gives itself
away; a word of the same kind does not (as in the contrast sets of Gardner et al., "Evaluating
Models' Local Decision Boundaries via Contrast Sets", EMNLP Findings 2020).
"""

import random
import re
from collections import defaultdict
from dataclasses import replace

from dataset import Pair

CONTRASTED = 0.35
"""For this share of the answered questions on edited prose that hold such a word, another one is
asked too."""
_YEARS_AWAY = 12
_MONTHS = "January February March April May June July August September October November December"
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
_KINDS = f"""
{_MONTHS}
{_DAYS}
spring summer autumn winter
morning afternoon evening night
north south east west
northern southern eastern western
first second third fourth fifth
first last
1st 2nd 3rd 4th
earliest latest
oldest youngest
older younger
largest smallest
biggest smallest
larger smaller
bigger smaller
highest lowest
higher lower
longest shortest
longer shorter
tallest shortest
heaviest lightest
fastest slowest
strongest weakest
richest poorest
best worst
better worse
most least
maximum minimum
majority minority
before after
above below
inside outside
upper lower
men women children
man woman child
boys girls
male female
father mother
son daughter
brother sister
husband wife
uncle aunt
king queen prince
revenue profit debt turnover
profit loss
profits losses
income spending
exports imports
export import
supply demand
assets debts
price wage rent
salary pension
budget deficit
tax subsidy
births deaths
birth death marriage
killed injured arrested
died survived
dead injured missing
deaths injuries arrests
victims suspects witnesses
won lost
win lose
wins losses
winner loser
bought sold
buy sell
buyer seller
buyers sellers
hired fired
opened closed
open close
started ended
start end
began ended
begin end
beginning end
joined left
join leave
arrived departed
arrive depart
rose fell
rise fall
increased decreased
increase decrease
gained lost
grew shrank
approved rejected
approve reject
accepted rejected
supported opposed
support oppose
supporters opponents
allowed banned
allow ban
sent received
send receive
lent borrowed
taught learned
built destroyed
build destroy
created abolished
founded dissolved
invented banned
attacked defended
attack defend
capture lose
married divorced
born buried
strengths weaknesses
advantages disadvantages
advantage disadvantage
benefits risks
cheap expensive
old new
hot cold
wet dry
public private
national local regional
federal state municipal
domestic foreign
rural urban
civil military
primary secondary
gold silver bronze
red blue green yellow
height length width depth weight
area population
speed weight price
temperature pressure
wrote illustrated translated
director producer composer
directed produced composed
singer drummer guitarist
actor director
chairman treasurer secretary
president secretary treasurer
minister ambassador
governor mayor senator
captain coach
teacher student
teachers students
teachers parents
doctor patient
doctors patients
owner tenant
employer employee
employers employees
daily weekly monthly
weekly monthly yearly
"""
_AKIN: dict[str, list[str]] = defaultdict(list)
for _words in (line.split() for line in _KINDS.strip().splitlines()):
    for _word in _words:
        _AKIN[_word] += [other for other in _words if other != _word]
_WORD = re.compile(r"\w+")
_YEAR = re.compile(r"1[5-9]\d\d|20[0-4]\d")


def contrasted(pair: Pair, rng: random.Random) -> Pair | None:
    """The answered pair with one word of its question exchanged for one of the same kind.

    None where it has no such word, or the text has the other one too, so that it may answer.
    """
    words = list(_WORD.finditer(pair.question))[1:]  # the first word only begins the question
    rng.shuffle(words)
    known = {word.lower() for word in _WORD.findall(f"{pair.title} {pair.text}")}
    for word in words:
        akin = [o for o in _akin(word.group(), rng) if not _is_told(o.lower(), known)]
        if akin:
            start, end = word.span()
            question = f"{pair.question[:start]}{rng.choice(akin)}{pair.question[end:]}"
            return replace(pair, question=question, answers=(), evidence=())
    return None


def _akin(word: str, rng: random.Random) -> list[str]:
    """Words that can stand in a question where `word` does and mean another thing."""
    if _YEAR.fullmatch(word):
        return [str(int(word) + rng.choice((-1, 1)) * rng.randint(1, _YEARS_AWAY))]
    if word in _AKIN:
        return _AKIN[word]
    return [other.capitalize() for other in _AKIN.get(word.lower(), ())] if word.istitle() else []


def _is_told(word: str, known: set[str]) -> bool:
    """Whether a text with these words has `word`, in any form."""
    stem = word if word[0].isdigit() else word[: max(4, len(word) - 3)]
    return any(other.startswith(stem) for other in known)
