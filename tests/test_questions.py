import pytest

from qa.questions import (
    acronyms_of,
    analyse,
    holds,
    names_of,
    same_name,
    stem,
    stems_of,
    wanted,
    words_of,
)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Who met Modi?", "person"),
        ("Which minister spoke?", "person"),
        ("When did it open?", "date"),
        ("On which dates did they meet?", "day"),
        ("In what year was it built?", "year"),
        ("Which United Nations body met?", "name"),
        ("What will become of those who stay?", "other"),
        ("Where was it?", "place"),
        ("Which countries agreed?", "place"),
        ("How many people came?", "number"),
        ("What percentage voted?", "number"),
        ("Which company won?", "name"),
        ("Why did it close?", "reason"),
        ("Did they agree?", "yes_no"),
        ("Did they agree or not?", "other"),
        ("Is the island Greek or Turkish?", "other"),
        ("Can you tell me when they agreed?", "date"),
        ("Do you know in which country Holm lives?", "place"),
        ("Can you prove that he knew where she was?", "yes_no"),
        ("What did Putin call the attack?", "other"),
        ("Two ministers met in Delhi. When did they meet?", "date"),
        ("The court ruled this week. How many months were added", "number"),
        ("He retired at 41. He played for which team?", "name"),
        ("Who signed? When?", "person"),
        ("They signed in May. Did it hold?", "yes_no"),
        ("Which U.S. State was hit?", "other"),
        ("It opened in the U.S. Where?", "place"),
        ("Where did the man who won it live. And why?", "reason"),
        ("This singer died at 72.", "other"),
        ("Which country this week agreed to it?", "place"),
        ("Which streaming platform announced new price increases?", "name"),
        ("Which of the ministers spoke?", "person"),
        ("He left which club when it rained?", "name"),
        ("According to the BBC, how many came?", "number"),
        ("What did the minister say?", "other"),
        ("What type of company is it?", "other"),
        ("What is the company accused of?", "other"),
        ("What is the capital of France?", "place"),
        ("What was the average price?", "number"),
        ("What will the film be titled?", "name"),
        ("Since when is it open?", "date"),
        ("What are the names of the two ships?", "name"),
        ("How?", "other"),
        ("What?", "other"),
    ],
)
def test_what_a_question_asks_for(question, kind):
    assert wanted(question) == kind


def test_words_lose_their_possessive_ending_only():
    assert words_of("India's won't, Russia’s 26th of U.S. T-72s") == (
        "India", "won't", "Russia", "26th", "of", "U", "S", "T", "72s",
    )  # fmt: skip


def test_names_are_capitals_and_numbers_but_not_a_first_word():
    assert names_of("What did Andrey Rudenko say on 28 April 2025?") == (
        "andrey", "rudenko", "28", "april", "2025",
    )  # fmt: skip
    assert names_of("Did NATO or the UN react?") == ("nato", "un")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("india", "indian", True),
        ("china", "chinese", True),
        ("russia", "russians", True),
        ("austria", "australia", False),
        ("india", "indonesia", False),
        ("iran", "iraq", False),
        ("2024", "2025", False),
    ],
)
def test_names_and_what_is_formed_from_them(one, other, same):
    assert same_name(one, other) is same


@pytest.mark.parametrize(
    ("kind", "text", "held"),
    [
        ("date", "They met on April 28, 2025.", True),
        ("day", "They met on Monday.", True),
        ("day", "They met in 2025.", False),
        ("year", "They met in 2025.", True),
        ("year", "They met on Monday.", False),
        ("date", "They met in the park.", False),
        ("date", "They may meet.", False),
        ("date", "They met in the open.", False),
        ("date", "They met at 11.40 pm.", True),
        ("date", "They will meet within two weeks.", True),
        ("date", "It ends after seven years.", True),
        ("date", "It runs daily except Wednesdays.", True),
        ("date", "May, June and September.", True),
        ("amount", "It weighs nine grams.", True),
        ("amount", "It shrank by 2.3 kilometres.", True),
        ("amount", "It shrank.", False),
        ("number", "Two sides met.", True),
        ("number", "The sides met.", False),
        ("person", "In Moscow, Rudenko met him.", True),
        ("person", "In Moscow, they met.", False),
        ("other", "Anything.", None),
    ],
)
def test_whether_a_sentence_offers_what_is_wanted(kind, text, held):
    assert holds(kind, text, frozenset({"moscow", "who"})) is held


def test_stems_leave_out_what_every_question_has():
    assert stems_of("What were the meetings about?") == {"meet"}
    assert analyse("Who killed the killers?").stems == {"kill", "killer"}
    assert stems_of("radicalisation organised neighbours") == stems_of(
        "radicalization organized neighbors"
    )


def test_what_is_left_of_a_question_without_content_words_is_what_stands_in_capitals():
    assert analyse("What did the US say?").stems == {"us"}
    assert analyse("Who is the WHO?").stems == {"who"}
    assert analyse("What is it?").stems == analyse("WHAT IS IT?").stems == frozenset()


def test_letters_with_strokes_and_accents_are_as_people_type_them():
    assert analyse("Who is Lars Øberg?").names == analyse("Who is Lars Oberg?").names
    assert stem("Straßen") == stem("strassen")
    assert analyse("Is the mayor of Łódź a Pérez?").names == ("lodz", "perez")


def test_a_choice_is_between_things_that_the_question_names():
    asked = ("Did Holm or Lind win?", "Can you tell me when it opened or closed?", "Did Holm win?")
    assert [analyse(question).is_choice for question in asked] == [True, False, False]


def test_the_initials_of_a_long_run_of_names_are_few():
    assert max(map(len, acronyms_of("Ab " * 5000 + "said so."))) == 5000
    assert len(acronyms_of("Ab " * 5000)) <= 6


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Which measures does the plan contain?", True),
        ("Apart from trade, in which areas do they cooperate?", True),
        ("What new rules for banks could follow?", True),
        ("What are the reasons?", True),
        ("How do I apply?", True),
        ("list all steps", True),
        ("Which state has the most cases?", False),
        ("Which company makes it?", False),
        ("Which bus is it?", False),
        ("What does it contain?", False),
        ("How did it end?", False),
        ("Who won?", False),
    ],
)
def test_whether_a_question_asks_for_several_things(question, expected):
    assert analyse(question).is_of_several is expected
