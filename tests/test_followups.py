import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.followups import carried, standalone, with_topic
from qa.records import Turn

WORDS = (
    "Who ", "is ", "did ", "the ", "a ", "in ", "of ", "to ", "2023 ", "May ", "Lars  ", "Holm ",
    "bank ", "raise ", "he ", "her ", "one ", "it ", "\n", "? ", ".", "water ", "Øberg’s ", "de ",
)  # fmt: skip


def query(question: str, *earlier: str, answer: str = "") -> str:
    return standalone(question, [Turn(q, answer) for q in earlier])


@pytest.mark.parametrize(
    ("question", "earlier", "expected"),
    [
        ("When did it happen?", "What was the Pahalgam attack?",
         "When did it happen? Pahalgam attack"),
        ("And Russia?", "What measures has India taken?", "What measures has Russia taken?"),
        ("What about energy?", "What did they discuss?", "What did they discuss energy?"),
        ("And about energy?", "What was said about defence?", "What was said about energy?"),
        ("On which day?", "Did Lee call Ito?", "On which day? Lee call Ito"),
        ("Why?", "Why was the bridge closed?", "Why? bridge closed"),
        ("Who attended the meeting?", "What happened at the meeting in Moscow?",
         "Who attended the meeting? Moscow"),
        ("What is the price of bananas?", "Who met in Moscow?", "What is the price of bananas?"),
        ("Who is Tanmaya Lal?", "What happened in Moscow?", "Who is Tanmaya Lal?"),
    ],
)  # fmt: skip
def test_a_question_takes_along_what_it_leaves_out(question, earlier, expected):
    assert query(question, earlier) == expected


@pytest.mark.parametrize(
    ("earlier", "question", "expected"),
    [
        ("How many people died in Kyiv?", "And in 2023?", "How many people died in Kyiv in 2023?"),
        ("What was the rate in Ash in May?", "And a year before?",
         "What was the rate in Ash in May a year before?"),
        ("Who works in Norvane's farm division?", "And in services?", "Who works in services?"),
        ("What does parking cost for cars?", "For lorries?", "What does parking cost for lorries?"),
        ("What did Ann Berg say about the strike?", "And the minister?",
         "What did the minister say about the strike?"),
        ("What did Peru export?", "In Norway, list taxes", "In Norway, list taxes"),
        ("Who won the election in Brazil in 2022?", "And in Peru?",
         "Who won the election in Peru in 2022?"),
        ("How many died in Kyiv during the attack in March?", "And in Odesa?",
         "How many died in Odesa during the attack in March?"),
        ("Who is the prime minister of France?", "What about the UK?",
         "Who is the prime minister of the UK?"),
        ("Did Pakistan's army attack?", "What about India's army?", "Did India's army attack?"),
        ("When was the Aurora built?", "And the Vesper?", "When was the Vesper built?"),
        ("How many beds does the merged hospital have?", "and the school?",
         "How many beds does the school have?"),
        ("How much did the tram extension cost?", "And the bridge repair?",
         "How much did the bridge repair cost?"),
        ("Where is the old bridge?", "And the school?", "Where is the school?"),
        ("Did the company pay the fine?", "And the manager?", "Did the manager pay the fine?"),
        ("Is the drug safe?", "And the vaccine?", "Is the vaccine safe?"),
        ("Why did the mayor resign in March?", "And the governor?",
         "Why did the governor resign in March?"),
        ("What is the price of the iPhone 15?", "And the iPhone 16?",
         "What is the price of the iPhone 16?"),
        ("When was the 5G network launched?", "And the 4G network?",
         "When was the 4G network launched?"),
        ("Where are the Olympics in 2028?", "And 2032?", "Where are the Olympics in 2032?"),
        ("What happened in Kyiv?", "And in Mariupol?", "What happened in Mariupol?"),
        ("Who was killed in the attack on the embassy?", "And in the attack on the school?",
         "Who was killed in the attack on the school?"),
        ("How many people died?", "And injured?", "How many people died injured?"),
        ("How much did the tram in Prague cost?", "and in Lodz?",
         "How much did the tram in Lodz cost?"),
        ("When was the bridge in Kemmerich built?", "and in Carrow?",
         "When was the bridge in Carrow built?"),
        ("Who is Lars Øberg?", "and Ingrid Sørensen?", "Who is Ingrid Sørensen?"),
        ("What did Ümit Çelik say?", "and Noémie Lambert?", "What did Noémie Lambert say?"),
        ("When did Jan de Wit take office?", "and Leo Rossi?",
         "When did Leo Rossi take office?"),
        ("How many people does the department of water employ?", "and waste?",
         "How many people does the department of waste employ?"),
        ("Who headed the department of harbour?", "and the police?", "Who headed the police?"),
        ("What did Henrik Dahl say?", "and the spokeswoman?", "What did the spokeswoman say?"),
        # Which words are the verb can't be told here, so that nothing is put in.
        ("Why did the central bank cut the rate?", "And the council?",
         "And the council? central bank cut rate"),
        ("When was the old bridge closed?", "And the new one?", "When was the new bridge closed?"),
        ("How long is the Niger River?", "And the Volta River?", "How long is the Volta River?"),
        ("Who leads Africa alone?", "And Costa Rica alone?", "Who leads Costa Rica alone?"),
        ("Who leads Lebanon?", "What about its army?", "What about its army? leads Lebanon"),
        ("Who is Denise Okafor?", "What about parking?", "What about parking? Denise Okafor"),
    ],
)  # fmt: skip
def test_another_thing_is_asked_about_in_place_of_the_one_before(earlier, question, expected):
    assert query(question, earlier) == expected


@pytest.mark.parametrize(
    ("earlier", "answer", "question", "expected"),
    [
        ("Who is Sofia Brandt?", "Kim Ash follows her.", "Who replaced her?",
         "Who replaced Sofia Brandt?"),
        ("Who is Sofia Brandt?", "", "What is her salary?", "What is Sofia Brandt’s salary?"),
        ("Who is Sofia Brandt?", "", "What does she do in her free time?",
         "What does Sofia Brandt do in her free time?"),
        ("Who is Sofia Brandt?", "", "When did he meet her?", "When did he meet her? Sofia Brandt"),
        ("Who replaced Sofia Brandt?", "Mikkel Thorsen did.", "What did he say?",
         "What did Mikkel Thorsen say? replaced Sofia Brandt"),
        ("When did the ferry run aground near Port Ellery?", "", "Was he tired?",
         "Was he tired? ferry run aground near Port Ellery"),
        ("Who met Jill Biden's husband?", "Jill Biden and Emmanuel Macron met.", "Did he smile?",
         "Did Emmanuel Macron smile? met Jill Biden husband"),
        ("Who called?", "Xi Jinping and Joe Biden.", "Is he old?", "Is he old? called"),
        ("What did Xi Jinping tell Joe Biden?", "", "When did he call?",
         "When did he call? Xi Jinping Joe Biden"),
    ],
)  # fmt: skip
def test_a_person_stands_where_the_pronoun_was(earlier, answer, question, expected):
    assert query(question, earlier, answer=answer) == expected


def test_a_person_is_remembered_from_the_question_as_it_was_meant():
    earlier = ["Who is Aoife Brennan?", "And Colm Daly?"]
    assert query("What did he say?", *earlier) == "What did Colm Daly say?"


def test_a_person_is_remembered_from_turn_to_turn():
    earlier = ["Who is Denise Okafor?", "Where was she born?"]
    assert query("Where did she grow up?", *earlier) == "Where did Denise Okafor grow up?"
    earlier.append("Where did she grow up?")
    assert query("What is her salary?", *earlier) == "What is Denise Okafor’s salary?"


def test_how_many_is_not_carried_on():
    carried = query("How long did it take?", "How many passengers did the Aurora carry?")
    assert carried == "How long did it take? passengers Aurora carry"


def test_the_first_question_is_left_alone():
    assert query("When did it happen?") == "When did it happen?"


def test_turns_before_the_last_are_carried_through_it():
    assert (
        query("When?", "What was the Pahalgam attack?", "Who condemned it?")
        == "When? condemned Pahalgam attack"
    )


def test_he_is_the_person_that_was_answered():
    answer = "Vice president Tanmaya Lal led the talks. [1]"
    carried = query("What did he say?", "Who led the talks in Moscow?", answer=answer)
    assert carried == "What did Tanmaya Lal say? led talks Moscow"


def test_a_very_long_history_stays_bounded():
    long = ["Who met " + "Xi " * 300 + "in Moscow?"] * 30
    assert len(query("And when did it happen?", *long)) <= 1000


def test_a_first_question_is_searched_by_its_own_vector():
    assert carried("Who met in Moscow?", "Who met in Moscow?", []) == (("Who met in Moscow?", 1.0),)


def test_earlier_questions_share_a_weight_of_four_tenths():
    history = [Turn("What was the attack?", "A raid."), Turn("Who condemned it?", "")]
    assert carried("When?", standalone("When?", history), history) == (
        ("When?", 1.0), ("What was the attack?", 0.2), ("Who condemned it?", 0.2),
    )  # fmt: skip


def test_a_name_put_into_the_question_before_is_searched_for_there():
    history = [Turn("What measures has India taken?", "")]
    assert carried("And Russia?", standalone("And Russia?", history), history) == (
        ("What measures has Russia taken?", 1.0), ("What measures has India taken?", 0.4),
    )  # fmt: skip


def test_only_the_last_ten_questions_are_carried():
    history = [Turn(f"Who met on day {n}?", "") for n in range(12)]
    texts = [text for text, _ in carried("Why?", standalone("Why?", history), history)]
    assert texts == ["Why?", *(f"Who met on day {n}?" for n in range(2, 12))]
    assert {weight for _, weight in carried("Why?", standalone("Why?", history), history)[1:]} == {
        0.04
    }


def test_a_history_of_any_length_is_soon_read():
    for text in ("Aa. ", "A", "Who is A", "the a ", "of a "):
        history = [Turn(f"Who is {text * 20_000}!", "He left. " * 20_000)]
        for question in ("When did he leave?", "And the b?", "And of b?", "And Bo?"):
            assert len(standalone(question, history)) <= 1000


@given(st.lists(st.sampled_from(WORDS), max_size=9), st.lists(st.sampled_from(WORDS), max_size=6))
def test_any_two_questions_make_a_query(earlier, question):
    asked = "".join(question)
    for lead in ("", "And ", "What about "):
        assert standalone(lead + asked, [Turn("".join(earlier), "Lars Holm came.")]) or not asked


def test_words_of_follow_ups_do_not_pile_up():
    wall = "How much did the flood wall at Ashby Ford cost?"
    earlier = [wall, "And who paid for it?", "When was it built?"]
    assert query("Why didn't it work?", *earlier) == (
        "Why didn't it work? flood wall Ashby Ford cost"
    )
    # What names no thing before it goes on with the names alone.
    assert query("How much is the wall behind schedule?", *earlier) == (
        "How much is the wall behind schedule? Ashby Ford"
    )
    assert query("Why?", *earlier) == "Why? built flood wall Ashby Ford cost"


def test_nothing_leans_on_what_no_article_answered():
    history = [
        Turn("Who won the Northern Cup?", "Harwick won.", "Who won the Northern Cup?"),
        Turn("how many watched", "", "how many watched", is_refused=True),
        Turn("thanks", "", "thanks", is_refused=True),
    ]
    assert standalone("And when was it?", history) == "And when was it? won Northern Cup"
    named = [*history, Turn("Who is Ada Holm?", "", "Who is Ada Holm?", is_refused=True)]
    assert standalone("What did she say?", named) == "What did Ada Holm say?"


def test_what_was_searched_is_what_was_meant():
    history = [Turn("and the placebo?", "It fell.", "How well does the placebo work?")]
    assert standalone("Why does it?", history) == "Why does it? well placebo work"


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How many people took part?", "How many people took part? Dusk"),
        ("How many people took part in Aurora?", None),  # a name of its own
        ("Who paid for it?", None),  # leans on what was said, so it is never asked alone
    ],
)
def test_a_question_that_names_nothing_may_go_on(question, expected):
    assert with_topic(question, [Turn("Who led the trial Dusk?", "Holm.")]) == expected
    assert with_topic(question, []) is None


def test_a_place_in_the_topic_is_no_person():
    earlier = ["Who paid for the trip to Lisbon?", "Who went with her?"]
    assert query("Did he vote?", *earlier) == "Did he vote? paid trip Lisbon"


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("going back to the island, who sold it?", "who sold it? bought island Skerray"),
        ("And back to Skerray: is there a doctor?", "is there a doctor? bought island Skerray"),
        ("Back to the school, who paid for it?", "who paid for it? mayor Brackenford"),
    ],
)
def test_a_conversation_goes_back_to_what_it_was_about(question, expected):
    assert query(question, "Who bought the island Skerray?", "Who is mayor of Brackenford?") == (
        expected
    )


def test_somebody_corrects_what_was_meant():
    assert query("No, I meant the school", "When was the bridge built?") == (
        "When was the school built?"
    )
    assert query("sorry, I meant in Lemvig", "Who won in Struer?") == "Who won in Lemvig?"
