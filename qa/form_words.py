"""The words that sentences of a plain form are known by, as patterns.

Each pattern is a piece of those in ``qa.question_forms``.
"""

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
ROLES = (
    "chair|chairman|chairwoman|chairperson|director|president|minister|mayor|governor|clerk"
    "|treasurer|secretary|attorney|lawyer|author|editor|founder|owner|manager|head|chief|captain"
    "|coach|professor|teacher|doctor|spokesman|spokeswoman|spokesperson|officer|envoy|ambassador"
    "|king|queen|bishop|librarian|engineer|architect|designer|inventor|artist|singer|composer"
    "|conductor|curator|producer|chief of staff|figure|resident|schoolteacher|scientist|biologist"
    "|historian|economist|journalist|writer|poet|painter|actor|actress|judge|senator|general"
)
NOT_THE = r"(?!(?:The|An?|In|On|At) )"
TITLE = r"(?:(?:Mr|Ms|Mrs|Dr|Prof|Sir|Dame|President|Governor|Professor|Senator|Judge|Mayor)\.? )"
NAME = r"\p{Lu}[\p{L}’'-]+(?: \p{Lu}\.?)?(?: (?:de|van|von|der|al|bin|la) )?(?: \p{Lu}[\p{L}’'-]+)+"
PERSON = rf"{NOT_THE}(?:{TITLE}\p{{Lu}}[\p{{L}}’'-]+(?: \p{{Lu}}[\p{{L}}’'-]+)*|{NAME})"
NAMED = r"\p{Lu}[\p{L}’'-]+(?: \p{Lu}[\p{L}’'-]+)*"
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
LASTING = {"takes": "take", "took": "take", "lasts": "last", "lasted": "last"}
# Each with the form that follows "did" and "does".
BARE = {**HAPPENING, **HAPPENS, **HOLDING, **LASTING, "cost": "cost", "costs": "cost"}
