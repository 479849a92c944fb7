"""The comma between a town and its state: "Portland, Oregon, and Seattle, Washington"."""

STATES = (
    "Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia"
    "|Hawaii|Idaho|Illinois|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts"
    "|Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|Ohio|Oklahoma|Oregon"
    "|Pennsylvania|Tennessee|Texas|Utah|Vermont|Virginia|Washington|Wisconsin|Wyoming|Alberta"
    "|Manitoba|Newfoundland|Labrador|Ontario|Quebec|Saskatchewan|Yukon"
    "|New (?:Hampshire|Jersey|Mexico|York|Brunswick)|(?:North|South) (?:Carolina|Dakota)"
    "|Rhode Island|West Virginia|British Columbia|Nova Scotia|Prince Edward Island"
)
STATE = rf"(?:{STATES})(?!\w|\s\p{{Lu}}|['’-]\w)"  # not "Ohio State University"
CAPITAL = r"\p{Lu}[\p{L}\p{M}'’.\-]*"
TOWN = rf"{CAPITAL}(?: {CAPITAL}){{0,3}}"
# Behind a name that is no state itself: "Ohio, Texas and Utah" are three.
BEHIND_TOWN = rf"(?<=(?<![\p{{L}}\p{{M}}'’.\-]){CAPITAL} ?,)(?<!\b(?:{STATES}) ?,)"
# A state may be anything else: a town, a lake, a team. Where another pair stands beside it, it is
# none: "Haiti, Florida and Cuba" are three.
BEFORE_A_PAIR = rf"(?= ?[,;]?\s(?:(?:and|or)\s)?{TOWN} ?,\s?{STATE})"
BEHIND_A_PAIR = rf"(?<=(?:{STATES}) ?[,;]?\s(?:(?:and|or)\s)?{TOWN} ?,\s?(?:{STATES}))"
NOT_BEFORE_STATES = rf"(?!(?=\s?{STATE}){BEHIND_TOWN}\s?{STATE}(?:{BEFORE_A_PAIR}|{BEHIND_A_PAIR}))"
