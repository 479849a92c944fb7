"""Ask for what a passage does not tell of what it names: an age, a price, how long it lasted.

A reader that has seen hard negatives alone takes what is near the name: of a passage that names
Alice without her age, "How old is Alice?" is then answered by whatever stands beside her name.
"""

import random
from collections.abc import Iterator

import regex
from alterations import DAYS, MONTHS, mentions

NUMBER = regex.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?"
    r"|thousands?|millions?|half|both|several|couple)\b",
    regex.I,
)
ACTS = regex.compile(r" (?:is|was|has|had|who|[a-z]+ed)\b")  # behind a name of somebody, mostly
# The English, Romans and Germans, a war: none has an age or a wife. Ian and Sean have.
NO_OWNERS = regex.compile(r"(?:ish|ese|[aeiou]ans|mans|Dutch|War)$")
# Each is a part of a pattern that begins where a word does.
MONEY = r"(?<=[$£€¥] ?)\d|cost|paid|pay|dollar|pound|euro|money"
SAID = r"sa(?:id|y)|t(?:old|ell)|th(?:ink|ought)|believ|fe(?:el|lt)|opin|view"

# What is asked of a name, and the words one of which a passage that tells it would have.
OF_NAMES = tuple(
    (question, regex.compile(rf"\b(?:{told})", regex.I))
    for question, told in (
        ("How old is {}?", r"old|age|born|birth|\d+,|year|young|teen"),
        ("How tall is {}?", r"tall|high|height|f(?:ee|oo)t|met(?:er|re)|inch|cm|size"),
        ("When was {} born?", r"born|birth|age|old|\d{3,4}"),
        ("Where was {} born?", r"born|birth|nativ|from|home|rais|gr[eo]w"),
        ("When did {} die?", r"d(?:ie|ea|yi)|\d{3,4}|kill|murder|execut|li[fv]e|late|buri|suicid"),
        ("Who is {} married to?", r"marr|wife|wive|husband|spouse|widow|wed|bride|couple|Mrs"),
        ("How many children does {} have?", r"child|son|daughter|kid|bab|famil|father|mother|boy"),
        ("Who is the father of {}?", r"father|dad|son|daughter|parent|child|famil|Jr"),
        ("How much does {} cost?", rf"{MONEY}|pric|cheap|expens|sold|buy|bought"),
        ("How much does {} earn?", rf"{MONEY}|earn|salar|income|wage|rich"),
        ("What does {} think of it?", rf"{SAID}|call|critic|prais|lik|lov|hat|argu|accus|consider"),
        ("What did {} say about it?", rf"{SAID}|call|critic|prais|argu|accus|claim|ask|stat|ment"),
        ("What did {} study?", r"stud|school|universit|college|degree|educat|learn|train|graduat"),
        ("Which languages does {} speak?", r"speak|spoke|language|tongue|English|French|talk"),
        ("What is {}'s phone number?", r"phone|call|number|dial|mobile|tel"),
        ("How many people live in {}?", r"people|populat|live|inhabit|resid|citizen|person"),
    )
)  # fmt: skip

# Of what lasts, how long; where a passage tells no time at all.
LASTING = regex.compile(
    r"\bthe ((?:[a-z]+ )?(?:talks|meeting|war|battle|trial|match|game|concert|festival|ceremony"
    r"|negotiations|siege|strike|protests?|conference|tour|interview|flight|journey|trip|voyage"
    r"|campaign|debate|hearing|investigation|fire|storm|course|season|marriage))\b(?! [a-z]+s\b)"
)
TIME = regex.compile(
    r"\b(?:second|minute|hour|day|week|month|year|decade|centur|long|brief|short|until|till|time"
    r"|night|since|from|last|continu|daily|ann)",
    regex.I,
)

# Of which some are asked, where the passage counts all and says no such thing: how many German
# prisoners?
HOW_MANY = regex.compile(
    r"\bhow many (?=\p{Ll}{3,})"
    r"(?!(?:times|more|other|seconds|minutes|hours|days|weeks|months|years)\b)",
    regex.I,
)
OF_SOME = (
    "German", "French", "British", "American", "Russian", "Chinese", "Canadian", "Italian", "US",
    "Polish", "Spanish", "female", "male", "foreign", "young", "elderly", "married", "wounded",
    "black", "white", "former", "new", "wooden", "red", "small", "large", "private", "public",
)  # fmt: skip
KIN_CHARS = 4  # words that begin alike tell it as well, such as Germany of German
OF_NAMES_SHARE = 0.5  # where something else could be asked as well


def ask_otherwise(question: str, context: str, rng: random.Random) -> str | None:
    """A question that a paragraph does not answer, though it names what is asked about.

    Args:
        question: one that it answers; where it asks how many, some of them may be asked for.
        context: the paragraph.
        rng: chooses.

    Returns:
        The other question, or None where nothing is known to be left untold.
    """
    others = [*_of_some(question, context), *_of_what_lasts(context)]
    of_names = list(_of_names(context))
    if of_names and (not others or rng.random() < OF_NAMES_SHARE):
        return rng.choice(of_names)
    return rng.choice(others) if others else None


def _of_names(context: str) -> Iterator[str]:
    names = {
        words
        for words, _, end in mentions(context)
        if ACTS.match(context, end)
        if not words[0].isdigit() and words not in MONTHS | DAYS and not NO_OWNERS.search(words)
    }
    for question, told in OF_NAMES:
        if not told.search(context):
            yield from (question.format(name) for name in sorted(names))


def _of_what_lasts(context: str) -> Iterator[str]:
    if not TIME.search(context) and not NUMBER.search(context):
        for what in sorted({found[1] for found in LASTING.finditer(context)}):
            yield f"How long did the {what} last?"


def _of_some(question: str, context: str) -> Iterator[str]:
    asked = HOW_MANY.search(question)
    if asked is None:
        return
    for which in OF_SOME:
        if not regex.search(rf"\b{which[:KIN_CHARS]}", f"{context} {question}", regex.I):
            yield f"{question[: asked.end()]}{which} {question[asked.end() :]}"
