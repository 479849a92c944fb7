"""Words that say how many, how old or when, and those in small letters inside names."""

NUMBER_WORDS = frozenset(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety"
    " hundred thousand million billion trillion dozen half twice".split()
)
ORDINALS = frozenset(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth"
    " fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split()
)
# What else says how many.
AMOUNTS = frozenset(
    "number numbers once thrice single double triple both neither none no nobody nothing all every"
    " everyone everybody everything each any several few fewer many more most less least much some"
    " various numerous countless unlimited unknown infinite multiple lot lots couple pair trio duo"
    " quartet handful series range crowd dozens scores tens hundreds thousands millions billions"
    " lakh crore majority minority quarter quarters thirds halves enough plenty only sole alone"
    " another whole entire twin twins triplets tenfold fold frequently repeatedly often fraction"
    " hourly daily weekly monthly quarterly yearly annually".split()
)
AGES = frozenset(
    "old older oldest young younger youngest new newly ancient medieval elderly senior seniors age"
    " aged ages baby babies newborn infant infants toddler child children kid kids teen teens"
    " teenage teenager teenagers adolescent adult adults minor minors born hour hours day days"
    " week weeks month months year years decade decades century centuries millennia generation"
    " generations".split()
)
TIMES = frozenset(
    "century centuries decade decades millennium millennia year years month months fortnight"
    " week weeks day days hour hours minute minutes min mins seconds moment moments night"
    " nights morning mornings evening evenings afternoon noon midnight dawn dusk twilight"
    " sunrise sunset today tonight tomorrow yesterday overnight weekend weekends spring summer"
    " summers autumn fall winter winters season seasons semester age ages era eras period"
    " periods term terms reign generation generations antiquity renaissance reformation"
    " revolution time times while whilst when whenever as before after during following prior"
    " previously formerly until till since throughout past future ago later earlier then now"
    " nowadays current currently presently upcoming soon sooner already always never forever"
    " eventually initially subsequently early late recent recently long longer short shortly"
    " brief briefly immediately temporary temporarily permanent permanently indefinite"
    " indefinitely continuous continuously eternity daily weekly monthly yearly annual"
    " annually life lifelong lifetime lives death birth childhood infancy youth retirement war"
    " battle beginning start end upon advance eve holiday holidays christmas easter ramadan"
    " passover thanksgiving halloween bc bce ad ce january february march april may june july"
    " august september october november december jan feb mar apr jun jul aug sept sep oct nov"
    " dec point sometimes often yet xmas posthumously aftermath".split()
)
# What else says how long something is.
MEASURES = frozenset(
    "mile miles km kilometre kilometres kilometer kilometers metre metres meter meters foot feet"
    " inch inches yard yards block blocks page pages quickly instantly eon eons aeon aeons".split()
)
# Others are told by how they end.
PERIODS = frozenset(
    "dynasty dynasties victorian georgian edwardian elizabethan gothic baroque renaissance"
    " restoration norman roman tudor viking prehistoric".split()
)
# What tells that years are those of a sentence.
IMPRISONED = frozenset(
    "jailed imprisoned imprisonment incarcerated detained convicted sentenced sentence sentences"
    " prison jail custody".split()
)
UNCAPITALISED = frozenset("a an and at de for in la of on the to van von".split())  # inside names
