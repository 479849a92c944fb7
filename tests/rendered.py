"""HTML as a browser reads it, and answers to render."""

from html.parser import HTMLParser

from index.records import Document
from qa.records import Answer, Excerpt

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "${alert(1)}",
    "{{x}}",
    "</mark></p></article>",
    "<!-- comment",
    "&lt;b&gt; &amp; &#60;",
    "<style>*{display:none}</style>",
    "javascript:alert(1)",
    "]]>",
]


OUR_TAGS = {
    *("article", "header", "section", "div", "h2", "h3", "h4", "h5", "h6", "p", "blockquote"),
    *("ol", "ul", "li", "details", "summary", "button", "span", "b", "mark"),
    *("nav", "a", "label", "input", "textarea", "progress"),
}


OUR_ATTRIBUTES = {
    *("class", "role", "tabindex", "title", "type", "aria-label", "aria-current"),
    *("data-act", "data-article", "data-ask", "data-by", "data-choice", "data-text", "data-turn"),
    *("aria-busy", "aria-expanded", "data-most", "data-open", "data-paste", "open", "href"),
    *(
        "aria-pressed",
        "data-back",
        "data-document",
        "data-file",
        "data-id",
        "data-once",
        "data-said",
        "data-style",
        "data-verdict",
    ),
    *(
        "value",
        "max",
        "aria-atomic",
        "data-arrived",
        "accept",
        "autocomplete",
        "maxlength",
        "multiple",
        "placeholder",
        "rows",
    ),
}


VOID = {"input"}
BLOCKS = {"p", "h3", "h4", "h5", "h6"}


class Page(HTMLParser):
    """Reads HTML strictly: what was opened is closed, and in order."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.buttons: list[dict[str, str | None]] = []
        self.text = ""
        self.blocks: list[str] = []  # of the article's body
        self.marks: list[tuple[str, str]] = []  # class and text
        self.headings: dict[str, list[str]] = {}
        self.separators: list[str] = []  # what the marks of pages say
        self.links: list[str] = []
        self._open: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()
        assert not self._open, "left open"

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        assert len(values) == len(attrs), "an attribute twice"
        self.tags.add(tag)
        self.attributes.update(values)
        if tag not in VOID:
            self._open.append((tag, values))
        if values.get("role") == "separator":
            self.separators.append(values["aria-label"])
        if tag == "a":
            self.links.append(values["href"])
        if tag == "button":
            self.buttons.append(values)
        if self._in_body() and tag in BLOCKS:
            self.blocks.append("")
        if tag == "mark":
            self.marks.append((values["class"] or "", ""))
        if tag in {"h2", "h3"}:
            self.headings.setdefault(tag, []).append("")

    def handle_endtag(self, tag):
        opened, _ = self._open.pop()
        assert opened == tag, f"</{tag}> closes <{opened}>"

    def handle_data(self, data):
        self.text += data
        tags = [tag for tag, _ in self._open]
        if self._in_body():
            assert set(tags) & BLOCKS, "text outside of a block"
            self.blocks[-1] += data
        if "mark" in tags:
            css, text = self.marks[-1]
            self.marks[-1] = (css, text + data)
        for heading in {"h2", "h3"} & set(tags):
            self.headings[heading][-1] += data

    def handle_comment(self, data):
        raise AssertionError(f"a comment: {data}")

    handle_decl = handle_pi = unknown_decl = handle_comment

    def _in_body(self) -> bool:
        return any(values.get("class") == "pq-body" for _, values in self._open)

    def assert_ours(self) -> None:
        assert self.tags <= OUR_TAGS
        assert self.attributes <= OUR_ATTRIBUTES
        assert "script" not in self.tags
        assert all(link.startswith("?") for link in self.links), "a link leads off the page"

    def acts(self, act: str) -> list[dict[str, str | None]]:
        return [button for button in self.buttons if button["data-act"] == act]

    def marked(self, css: str) -> list[str]:
        return [text for classes, text in self.marks if css in classes.split()]


def excerpt(document: Document, quote: str) -> Excerpt:
    start = document.text.index(quote)
    return Excerpt.from_span(document, start, start + len(quote))


def found(document: Document, quote: str, *, question="who?", score=0.8, others=()) -> Answer:
    place = excerpt(document, quote)
    whole = Excerpt.from_span(document, 0, len(document.text))
    return Answer(
        question=question,
        text=place.text,
        score=score,
        null_score=0.1,
        start=place.start,
        end=place.end,
        document_id=document.id,
        document_title=document.title,
        page=place.page,
        passage=whole,
        sentence=whole,
        alternatives=tuple(found(document, other, question=question) for other in others),
    )


def not_found(*nearest: Excerpt, question="who?") -> Answer:
    return Answer(question=question, text=None, score=0.9, null_score=0.9, nearest=nearest)


STORY = Document(
    "story", "A story", "Anna came home.\n\nShe met Boris & Clara.\n\n# After\n\n- Tea."
)
