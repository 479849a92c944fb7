"""Which words are plurals."""

# Plurals without an s, and words with one that are none; behind a number the last are.
PLURALS = frozenset("people men women children persons police feet teeth mice media".split())
NO_PLURALS = frozenset(
    "was has does yes always perhaps less news gas lens series species versus various"
    " physics mathematics economics politics electronics athletics texas headquarters lyrics"
    " canvas atlas alias bias diabetes rabies mercedes netherlands dickens williams".split()
)
# Shorter than a plural elsewhere need be, but none behind a number either: "which 7 foot player led
# his team".
NO_NOUNS = NO_PLURALS | frozenset("his its this as us is thus".split())
PLURAL_ENDS = ("men", "people", "children")
COUNTED = frozenset(
    "series species criteria phenomena bacteria alumni sheep fish aircraft crew data".split()
)


def is_counted(word: str) -> bool:
    """Whether a word behind a number may be what it counts: short and odd plurals are, too."""
    if word in COUNTED or word in PLURALS or word.endswith(PLURAL_ENDS):
        return True
    return any(
        part.endswith("s") and part.isalpha() and part not in NO_NOUNS and part[-2:] != "ss"
        for part in word.split("-")
    )


def is_plural(word: str) -> bool:
    """Whether a word is a plural wherever it stands: of four letters or more."""
    if word in PLURALS:
        return True
    return (
        word.endswith("s")
        and word.isalpha()
        and len(word) > 3
        and not (word in NO_PLURALS or word.endswith(("ss", "us", "is")))
    )
