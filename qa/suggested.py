"""Questions to begin with, made of an article's own sentences, each with a quote that answers it.

No model writes them. A sentence of a plain form ("The Pell costs £119") is turned round ("How
much does the Pell cost?"), and the question is offered only if the assistant answers it with the
very words that were asked about. What is of no such form gives no question.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest

import regex

from index.records import Document
from index.sentences import sentence_spans
from qa.assistant import Assistant

SUGGESTED = 5
TRIES = 12  # questions read before it is enough: a second or two on an ordinary computer
SURE_SCORE = 0.5  # who sees a suggestion expects a good answer
OF_ONE_KIND = 2
CHARS_LOOKED_AT = 60_000  # of a longer article the beginning says what it is about
FEW_WORDS, MANY_WORDS = 4, 16  # of a question
# Words that most English sentences have some of, and other languages hardly any.
ENGLISH = frozenset("the of and to that for with from by was were is are this which".split())
ENGLISH_SHARE = 0.12
# They point to something that a question by itself does not say.
POINTING = frozenset(
    """it its he him his she her hers they them their theirs this that these those here there we us
    our i me my you your such both former latter same other another one ones who which""".split()
)
# What stands for something named before it, in a heading as well.
BACKWARD = frozenset(
    "it its they them their theirs this that these those he him his she her".split()
)
# Words that no subject has: verbs and what begins a clause,
NO_SUBJECT = frozenset(
    """is are was were be been being has have had do does did will would can could may might must
    shall should than where what why how whose whom because although though while if but or so yet
    also not no nor and""".split()
)
# and words that none begins with.
NO_BEGINNING = frozenset(
    """in on at by for from to with of as about after before during since until when unless then
    once under over above between among both either neither each every all many most several few
    some more only even just still now today yesterday tomorrow however meanwhile later earlier
    instead below behind inside outside and here there without within despite according""".split()
)
ARTICLES = ("The", "A", "An")
EMPTY = NO_SUBJECT | NO_BEGINNING | {"the", "a", "an"}
# Nouns that say too little when they stand alone behind an article.
VAGUE = frozenset(
    """move report release deal plan change result motion amendment discussion work rule money
    first second third rest others time thing case point part process event number item decision
    measure talks statement announcement story article text""".split()
)
ROLES = (
    "chair|chairman|chairwoman|chairperson|director|president|minister|mayor|governor|clerk"
    "|treasurer|secretary|attorney|lawyer|author|editor|founder|owner|manager|head|chief|captain"
    "|coach|professor|teacher|doctor|spokesman|spokeswoman|spokesperson|officer|envoy|ambassador"
    "|king|queen|bishop|librarian|engineer|architect|designer|inventor|artist|singer|composer"
    "|conductor|curator|producer|chief of staff|figure|resident|schoolteacher|scientist|biologist"
    "|historian|economist|journalist|writer|poet|painter|actor|actress|judge|senator|general"
)
# What is answered by yes or no is answered dully.
ASKING = regex.compile(r"(?:Who|What|When|Where|Which|Why|How)\b")
NOT_THE = r"(?!(?:The|An?|In|On|At) )"
TITLE = r"(?:(?:Mr|Ms|Mrs|Dr|Prof|Sir|Dame|President|Governor|Professor|Senator|Judge|Mayor)\.? )"
NAME = r"\p{Lu}[\p{L}’'-]+(?: \p{Lu}\.?)?(?: (?:de|van|von|der|al|bin|la) )?(?: \p{Lu}[\p{L}’'-]+)+"
PERSON = rf"{NOT_THE}(?:{TITLE}\p{{Lu}}[\p{{L}}’'-]+(?: \p{{Lu}}[\p{{L}}’'-]+)*|{NAME})"
OFFICE = (
    r"the (?:[\p{L}-]+ ){0,2}(?:presidency|government|board|council|committee|ministry|police|court"
    r"|parliament|senate|university|company|commission|association|society|club)"
)
# What people do, so that "who" is the right word for whoever did it.
DEEDS = (
    "said|told|asked|explained|thanked|presented|ordered|announced|wrote|designed|founded|invented"
    "|described|complained|proposed|discovered|composed|painted|directed|recommended|estimated"
    "|warned|argued|criticised|criticized|demanded|promised|signed|led|won|volunteered"
)
PARTICIPLE = (
    r"(?:\p{Ll}{2,}ed|built|held|made|born|found|written|sold|bought|sent|given|taken|begun|drawn"
    r"|paid|won|lost|spent|shown|seen|known|set|put|cut|laid|led|kept|hung|sunk|torn|broken|chosen)"
)
WORD = r"[\p{L}\p{N}][\p{L}\p{N}’'&-]*"
SUBJECT = rf"(?P<subject>{WORD}(?: {WORD}){{0,6}}?)"
# Before a subject: that somebody said it.
SAID = r"(?:[^,;:.]{3,60} (?:said|announced|reported|added|explained|noted|estimated) that )?"
COUNT = r"(?:\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)(?: (?:hundred|thousand|million|billion))?"
SMALL = (
    r"(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty"
    r"|fifty|sixty)"
)
ROUGHLY = r"(?:about |some |around |nearly |almost |over |more than |at least |roughly )?"
UNIT = r"(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|decades?|centuries|century)"
DURATION = (
    rf"(?:(?:{COUNT}|{SMALL}|an?|half an?) (?:and a half )?{UNIT}(?: and a half)?"
    rf"(?: (?:and )?(?:{COUNT}|{SMALL}|a half) {UNIT})?)"
)
MONEY = r"(?:[$£€¥]|US\$)\d+(?:,\d{3})*(?:\.\d+)?(?: (?:million|billion|trillion))?"
MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
WEEKDAY = "(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)"
YEAR = r"(?:1\d{3}|20\d{2})"
DATE = (
    rf"(?:(?:{WEEKDAY},? )?\d{{1,2}} {MONTH}(?: {YEAR})?|{MONTH} \d{{1,2}}(?:, {YEAR})?"
    rf"|{MONTH}(?: {YEAR})?|{YEAR}|{WEEKDAY})(?![\p{{L}}\p{{N}}])"
)
SUMS = (
    "balance|bequest|budget|grant|cost|price|fee|fine|loan|donation|fund|turnover|profit|loss"
    "|salary|debt|prize|deposit|subsidy|reward"
)
# Verbs that stand with a time and nothing else, by their past and present.
HAPPENING = {
    "opened": "open", "closed": "close", "began": "begin", "started": "start", "ended": "end",
    "died": "die", "reopened": "reopen", "took effect": "take effect", "took place": "take place",
}  # fmt: skip
HAPPENS = {
    "opens": "open", "closes": "close", "begins": "begin", "starts": "start", "ends": "end",
    "takes effect": "take effect", "takes place": "take place",
}  # fmt: skip
HOLDING = {
    "holds": "hold", "has": "have", "employs": "employ", "contains": "contain", "covers": "cover",
    "owns": "own", "weighs": "weigh", "draws": "draw", "seats": "seat", "measures": "measure",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question that may be offered.

    Args:
        question: the question.
        start: first character of what it asks for, in the document.
        end: one past the last.
        kind: what kind of question it is.
        about: the words that it is about; empty if the article asks it itself.
    """

    question: str
    start: int
    end: int
    kind: str
    about: str = ""

    def __str__(self) -> str:
        return f"{self.question} ({self.start}–{self.end})"


def suggest(
    assistant: Assistant, document: Document, *, most: int = SUGGESTED, tries: int = TRIES
) -> list[str]:
    """Questions to begin with, in the order of the article.

    Args:
        assistant: answers about the document; a question is given only if it quotes what
            the question was made of.
        document: the article. One that is not English gives none.
        most: how many to give.
        tries: how many to put to the assistant.

    Returns:
        The questions; none where the article has no sentence of a plain form.
    """
    candidates = candidates_in(document)[:tries]
    if not candidates:
        return []
    answers = assistant.ask_many(
        [candidate.question for candidate in candidates], top_k=1, progress=False
    )
    good = [
        candidate
        for candidate, answer in zip(candidates, answers, strict=True)
        if answer.text is not None
        and answer.start is not None
        and answer.end is not None
        and answer.document_id == document.id
        and answer.score >= SURE_SCORE
        and max(answer.start, candidate.start) < min(answer.end, candidate.end)
    ]
    return [one.question for one in sorted(_mixed(good)[:most], key=lambda one: one.start)]


def candidates_in(document: Document) -> list[Candidate]:
    """Questions that an article's sentences answer, by their form; kinds take turns.

    Args:
        document: the article. One that is not English gives none.
    """
    text = document.text[:CHARS_LOOKED_AT]
    if not _is_english(document, text):
        return []
    named = frozenset(regex.findall(WORD, document.title.lower()))
    # What has a capital behind a small word is a name.
    names = frozenset(regex.findall(r"(?<=\p{Ll}[,;]? )\p{Lu}[\p{L}’'-]*", text)) - set(ARTICLES)
    made = chain(_own_questions(text), _turned_round(text, names))
    by_kind: dict[str, dict[str, Candidate]] = {}
    for candidate in made:
        if _is_clear(candidate, text, named):
            by_kind.setdefault(candidate.kind, {}).setdefault(candidate.question, candidate)
    turns = zip_longest(*(_spread(list(of_kind.values())) for of_kind in by_kind.values()))
    return [candidate for turn in turns for candidate in turn if candidate is not None]


def _mixed(good: Sequence[Candidate]) -> list[Candidate]:
    """The same with what is of a kind that came often already at the end, none about one place."""
    first: list[Candidate] = []
    later: list[Candidate] = []
    taken: dict[str, int] = {}
    places: set[int] = set()
    for candidate in good:
        if candidate.start in places:
            continue
        places.add(candidate.start)
        taken[candidate.kind] = taken.get(candidate.kind, 0) + 1
        # What the article asks itself is no form that tires.
        often = taken[candidate.kind] > OF_ONE_KIND and candidate.kind != "own"
        (later if often else first).append(candidate)
    return [*first, *later]


def _spread(candidates: list[Candidate]) -> list[Candidate]:
    """Those with names first, since they say what they are about."""
    return sorted(candidates, key=lambda one: not regex.search(r" \p{Lu}", one.question))


def _is_english(document: Document, text: str) -> bool:
    if document.language and not document.language.lower().startswith("en"):
        return False
    words = regex.findall(r"\p{L}+", text.lower())
    return sum(word in ENGLISH for word in words) >= ENGLISH_SHARE * len(words) > 0


def _is_clear(candidate: Candidate, text: str, named: frozenset[str]) -> bool:
    """Whether a question says by itself what it is about, and not its answer."""
    question = candidate.question
    words = regex.findall(WORD, question)
    if not FEW_WORDS <= len(words) <= MANY_WORDS:
        return False
    answer = text[candidate.start : candidate.end]
    if candidate.kind == "own":
        return len(words) > FEW_WORDS and not BACKWARD & {word.lower() for word in words}
    if not regex.fullmatch(r"[\p{L}\p{N} ’'&,.$£€%-]+\?", question) or answer in question:
        return False
    if POINTING & {word.lower() for word in words[1:]}:
        return False
    about = [word for word in regex.findall(WORD, candidate.about) if word not in EMPTY]
    specific = [word.lower() for word in about if word.lower() not in VAGUE]
    names = any(word[0].isupper() for word in about)
    return names or len(specific) > 1 or bool(named.intersection(specific))


# What the article asks itself


def _own_questions(text: str) -> Iterator[Candidate]:
    """Headings that are questions; what stands below each of them answers it."""
    heads = list(regex.finditer(r"^(#{1,6}) +(\S.*?)\s*$", text, regex.MULTILINE))
    for number, head in enumerate(heads):
        end = heads[number + 1].start() if number + 1 < len(heads) else len(text)
        question = head[2]
        asks = ASKING.match(question) and question.count("?") == 1 and question.endswith("?")
        if asks and text[head.end() : end].strip():
            yield Candidate(question, head.end(), end, "own")


# Sentences turned round


@dataclass(frozen=True, slots=True)
class _Form:
    """A form that a sentence may have, and the question that it becomes.

    Args:
        kind: of question.
        pattern: has the groups that are named in ``turned``, and ``answer``.
        turned: makes the question of them.
    """

    kind: str
    pattern: "regex.Pattern[str]"
    turned: Callable[["regex.Match[str]", str], str]


def _turned_round(text: str, names: frozenset[str]) -> Iterator[Candidate]:
    for line in regex.finditer(r"[^\r\n]+", text):
        if line[0].startswith(("#", ">", "|")):
            continue
        for begin, end in sentence_spans(line[0]):
            sentence = line[0][begin:end]
            for form in FORMS:
                for match in form.pattern.finditer(sentence):
                    subject = _subject(match.groupdict().get("subject") or "", names)
                    if subject is None:
                        continue
                    start, stop = (line.start() + begin + at for at in match.span("answer"))
                    groups = match.groupdict()
                    about = subject or " ".join(groups.get(name) or "" for name in ABOUT)
                    yield Candidate(form.turned(match, subject), start, stop, form.kind, about)


def _subject(words: str, names: frozenset[str]) -> str | None:
    """A subject as it stands within a sentence; None where it is none."""
    if not words:
        return ""
    first, *others = words.split(" ")
    if NO_SUBJECT & {word.lower() for word in (first, *others)} or first.lower() in NO_BEGINNING:
        return None
    if any(word.endswith("ly") and word.islower() for word in (first.lower(), *others)):
        return None
    if first in ("A", "An") and len(others) < 2:  # "a double": of what?
        return None
    # A name keeps its capital; that of another word is the sentence's.
    named = first in names or (others and others[0][0].isupper() and first not in ARTICLES)
    return " ".join([first if named else first[0].lower() + first[1:], *others])


def _doing(subject: str, verb: str, present: str) -> str:
    """Whether something does, many do, or something did."""
    if verb == present:
        return "does"
    head = regex.split(r" (?:of|at|in|on|for|from|to|with) ", subject)[0]
    return "do" if head.endswith("s") else "did"


def _form(kind: str, pattern: str, turned: Callable[["regex.Match[str]", str], str]) -> _Form:
    return _Form(kind, regex.compile(pattern), turned)


NAMED = r"\p{Lu}[\p{L}’'-]+(?: \p{Lu}[\p{L}’'-]+)*"
ABOUT = ("name", "owner", "role", "what", "noun", "rest")  # groups beside the subject
START = rf"^{SAID}{SUBJECT}"
FORMS = (
    _form(
        "when",
        rf"{START} (?P<was>was|were) (?P<verb>{PARTICIPLE}) (?:in|on) (?P<answer>{DATE})",
        lambda found, subject: f"When {found['was']} {subject} {found['verb']}?",
    ),
    _form(
        "when",
        rf"{START} will be (?P<verb>{PARTICIPLE}) (?:in|on) (?P<answer>{DATE})",
        lambda found, subject: f"When will {subject} be {found['verb']}?",
    ),
    _form(
        "when",
        rf"{START} (?P<verb>{'|'.join(HAPPENING)}) (?:in|on) (?P<answer>{DATE})",
        lambda found, subject: f"When did {subject} {HAPPENING[found['verb']]}?",
    ),
    _form(
        "when",
        rf"{START} (?P<verb>{'|'.join(HAPPENS)}) (?:in|on) (?P<answer>{DATE})",
        lambda found, subject: f"When does {subject} {HAPPENS[found['verb']]}?",
    ),
    _form(
        "who is",
        rf"(?:^|[.;,] |\p{{Ll}} )[Tt]he (?P<role>(?:\p{{Ll}}+ ){{0,3}}(?:{ROLES})),"
        rf" (?P<answer>{PERSON})[,;.]",
        lambda found, _: f"Who is the {found['role']}?",
    ),
    _form(
        "who is",
        rf"(?P<owner>\p{{Lu}}[\p{{L}}-]+(?: \p{{Lu}}[\p{{L}}-]+)*[’']s)"
        rf" (?P<role>(?:\p{{Ll}}+ ){{0,2}}(?:{ROLES})),? (?P<answer>{PERSON})",
        lambda found, _: f"Who is {found['owner']} {found['role']}?",
    ),
    _form(
        "who is",
        rf"(?<!\p{{Lu}}[\p{{L}}’'.-]* )(?:^|(?<= ))(?P<name>{NAME}),"
        rf" (?P<answer>(?:the |an? )?(?:[\p{{L}}-]+ ){{0,4}}(?:{ROLES}))(?![\p{{L}}-])",
        lambda found, _: f"Who is {found['name']}?",
    ),
    _form(
        "who did",
        rf"^(?P<answer>{PERSON}) (?P<verb>{DEEDS}) "
        r"(?P<rest>(?:(?! and )[^,;:.()“”\"]|[.,](?=\d)){15,80}?)(?=[,;.](?!\d)|$| and | but )",
        lambda found, _: f"Who {found['verb']} {found['rest']}?",
    ),
    _form(
        "who did",
        rf"{START} (?:was|were) (?P<verb>\p{{Ll}}{{3,}}ed) by (?P<answer>{PERSON}|{OFFICE})",
        lambda found, subject: f"Who {found['verb']} {subject}?",
    ),
    _form(
        "how much",
        rf"(?:{START}|,? and (?P<subject>the {WORD}(?: {WORD})?)) (?P<verb>costs?)"
        rf" (?P<answer>{MONEY})",
        lambda found, subject: (
            f"How much {_doing(subject, found['verb'], 'costs')} {subject} cost?"
        ),
    ),
    _form(
        "how much",
        rf"(?:{START}|,? and (?P<subject>\p{{Ll}}+)) (?P<is>is|was) (?P<answer>{MONEY})",
        lambda found, subject: f"How much {found['is']} {subject}?",
    ),
    _form(
        "how much",
        rf"{START} (?P<has>has|have|had) (?P<verb>{PARTICIPLE}) {ROUGHLY}(?P<answer>{MONEY})"
        r"(?P<rest> (?:for|in|on) [\p{L} ]+)?(?=[,;.]|$)",
        lambda found, subject: (
            f"How much {found['has']} {subject} {found['verb']}{found['rest'] or ''}?"
        ),
    ),
    _form(
        "how much",
        rf" (?:an?|the) (?P<what>(?:\p{{Ll}}+ ){{0,2}}(?:{SUMS})) of (?P<answer>{MONEY})",
        lambda found, _: f"How much was the {found['what']}?",
    ),
    _form(
        "how many",
        rf"{START} (?P<has>has|have|had) (?P<verb>{PARTICIPLE}) {ROUGHLY}(?P<answer>{COUNT})"
        r" (?P<noun>\p{Ll}{2,}s|people|men|women|children)(?P<rest> in [\p{L}\p{N} ]+)?"
        r"(?=[ ,;.]|$)",
        lambda found, subject: (
            f"How many {found['noun']} {found['has']} {subject}"
            f" {found['verb']}{found['rest'] or ''}?"
        ),
    ),
    _form(
        "how many",
        rf"{START} (?P<verb>{'|'.join(HOLDING)}) {ROUGHLY}(?P<answer>{COUNT})"
        r" (?P<noun>\p{Ll}{2,}s|people|men|women|children|hectares)(?![\p{L}-])",
        lambda found, subject: (
            f"How many {found['noun']} does {subject} {HOLDING[found['verb']]}?"
        ),
    ),
    _form(
        "how many",
        r"^(?:About |Some |Around |Nearly |Almost |Over |More than |At least )?"
        rf"(?P<answer>{COUNT}) (?P<noun>(?:\p{{Ll}}+ )?(?:\p{{Ll}}{{2,}}s|people|men|women))"
        r" (?P<rest>(?:were|are|have|live|lived|work|worked|attended|took part|died)"
        r" [\p{L}\p{N} ]{6,60}?)(?=[,;.]|$)",
        lambda found, _: f"How many {found['noun']} {found['rest']}?",
    ),
    _form(
        "how long",
        rf"(?!An? ){START} (?P<verb>takes|took|lasts|lasted) {ROUGHLY}(?P<answer>{DURATION})",
        lambda found, subject: (
            f"How long {'does' if found['verb'].endswith('s') else 'did'} {subject}"
            f" {'take' if found['verb'].startswith('t') else 'last'}?"
        ),
    ),
    _form(
        "where",
        rf"{START} (?P<was>was|were|is|are) (?P<verb>born|held|based|located|situated|built|buried)"
        rf" (?:in|at|on) (?P<answer>(?:the )?(?!{DATE}){NAMED})",
        lambda found, subject: f"Where {found['was']} {subject} {found['verb']}?",
    ),
)  # fmt: skip
