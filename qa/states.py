"""The comma between a town and its state: "Portland, Oregon, and Seattle, Washington"."""

STATES = (
    "Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Hawaii|Idaho"
    "|Illinois|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Minnesota"
    "|Mississippi|Missouri|Montana|Nebraska|Nevada|New (?:Hampshire|Jersey|Mexico|Brunswick)"
    "|(?:North|South) (?:Carolina|Dakota)|Ohio|Oklahoma|Oregon|Pennsylvania|Rhode Island|Tennessee"
    "|Texas|Utah|Vermont|West Virginia|Wisconsin|Wyoming|Alberta|British Columbia|Manitoba"
    "|Newfoundland|Nova Scotia|Prince Edward Island|Saskatchewan|Yukon"
)
# Also towns, lakes, countries or people: "Boston, New York and Rome".
AMBIGUOUS = "Georgia|Michigan|New York|Ontario|Quebec|Virginia|Washington"
WHOLE = r"(?!\w|\s\p{Lu}|['’-]\w)"  # not "Ohio State University"
ANY = rf"(?:{STATES}|{AMBIGUOUS}){WHOLE}"
CAPITAL = r"\p{Lu}[\p{L}\p{M}'’.\-]*"
TOWN = rf"{CAPITAL}(?: {CAPITAL}){{0,3}}"
# Behind a name that is no state itself: "Ohio, Texas and Utah" are three.
BEHIND_TOWN = rf"(?<=(?<![\p{{L}}\p{{M}}'’.\-]){CAPITAL} ?,)(?<!\b(?:{STATES}|{AMBIGUOUS}) ?,)"
# Nor is it a town's where another follows it: "Duke, Kansas and Ohio".
ALONE = rf"(?!,?\s(?:(?:and|or)\s)?(?:{STATES}){WHOLE})"
# Beside the last conjunction of a list of such pairs also an ambiguous one is a town's.
IN_PAIRS = (
    rf"(?:(?<=\b(?:and|or) {TOWN} ?,\s?(?:{AMBIGUOUS}))|(?= ?,?\s(?:and|or) {TOWN} ?,\s?{ANY}))"
)
NOT_BEFORE_STATES = (
    rf"(?!(?=\s?{ANY}){BEHIND_TOWN}"
    rf"\s?(?:(?:{STATES}){WHOLE}{ALONE}|(?:{AMBIGUOUS}){WHOLE}{IN_PAIRS}))"
)
