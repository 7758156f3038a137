"""Letters as people type them who don't have those of another language: Lodz, Oberg, Strasse."""

import unicodedata

_STROKES = str.maketrans("øØłŁđĐðħı", "oOlLdDdhi")
_PAIRS = str.maketrans({"ß": "ss", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "þ": "th"})


def without_strokes(text: str) -> str:
    """`text` with plain letters for those with a stroke; as long as it was, so offsets hold."""
    return text.translate(_STROKES)


def plain(text: str) -> str:
    """`text` without strokes and accents, and with two letters for those that join two."""
    if text.isascii():
        return text
    letters = unicodedata.normalize("NFD", text.translate(_STROKES).translate(_PAIRS))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
