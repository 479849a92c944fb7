"""Pages of the web become their article: nothing of what stands around it, nothing of it lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import few

from index.errors import SourceError
from index.html import MOST_ELEMENTS, read_html
from index.limits import ReadLimits
from index.read import read_articles

FILLING = (
    "Nobody visited the island in the winter months, because the sea was far too rough for the"
    " small boats of the time, and because the harbours of the mainland were full of ice."
)
ARTICLE = f"""
<h1>The harbour of Brevik</h1>
<p>The harbour was built in <b>1843</b> by Carl <a href="/nyberg">Nyberg</a>. {FILLING}</p>
<h2>Prices</h2>
<p>Prices have not changed since. {FILLING}</p>
<table>
  <tr><th>Boat</th><th>Price</th></tr>
  <tr><td>Small</td><td>40 <i>crowns</i></td></tr>
  <tr><td>Large</td><td>90 crowns</td></tr>
</table>
<h2>Rules</h2>
<ul><li>No fishing.</li><li>No fires after <em>ten</em>.</li></ul>
<ol><li>Pay first.</li><li>Then moor.</li></ol>
<p>Line one<br>line two</p>
"""
AROUND = """
<nav><ul><li><a href="/">Home page</a></li><li><a href="/about">About us</a></li></ul></nav>
<header><a href="/">The Brevik Times</a></header>
<aside>Subscribe to our newsletter</aside><script>var hidden = "script";</script>
{article}
<footer>Copyright nobody</footer>
<form><label>Search the site</label><input value="search"></form>
"""
UNMARKED = f"""
<nav><ul><li><a href="/about">About us</a></li></ul></nav>
<h1>Pancakes</h1><p>They are from Brevik. {FILLING}</p><p>They are thin. {FILLING}</p>
<h2>Ingredients</h2><ul><li>200 g of flour</li><li>3 eggs</li></ul><p>Mix all. {FILLING}</p>
<h2>Steps</h2><ol><li>Whisk the eggs.</li><li>Fry them.</li></ol><p>Eat them. {FILLING}</p>
<footer><p>Nobody owns this.</p></footer>
"""
NOT_THE_ARTICLE = """
    Home page|About us|Brevik Times|newsletter|script|Copyright nobody|Search the site
""".strip().split("|")


def read(page, **limits):
    data = page.encode() if isinstance(page, str) else page
    return read_html(data, name="page.html", limits=ReadLimits(**limits))


@pytest.mark.parametrize("tag", ["article", "main", "div", "section"])
def test_the_article_and_nothing_else(tag):
    page = AROUND.format(article=f"<{tag} class='content'>{ARTICLE}</{tag}>")
    text = read(f"<html lang=en><body>{page}</body></html>").text
    for words in NOT_THE_ARTICLE:
        assert words not in text
    blocks = text.split("\n\n")
    assert blocks[0] == "# The harbour of Brevik"
    assert blocks[1] == f"The harbour was built in 1843 by Carl Nyberg. {FILLING}"
    assert blocks[2] == "## Prices"
    assert blocks[4] == "Boat | Price\nSmall | 40 crowns\nLarge | 90 crowns"
    assert blocks[5:7] == ["## Rules", "- No fishing.\n- No fires after ten."]
    assert [line[2:].lstrip() for line in blocks[7].split("\n")] == ["Pay first.", "Then moor."]
    assert blocks[8] == "Line one\nline two"


def test_a_short_page_too():
    page = AROUND.format(article="<h1>Opening hours</h1><p>The museum opens at nine.</p>")
    assert read(page).text == "# Opening hours\n\nThe museum opens at nine."


def test_a_page_within_a_form():
    article = AROUND.format(article=f"<div class='content'>{ARTICLE}</div>")
    within = read(f"<form action='page.aspx'><input type=hidden>{article}</form>").text
    assert within == read(article).text
    short = "<nav>Home</nav><h1>Hours</h1><div>From nine.</div>"
    assert read(f"<p>© Brevik</p><form>{short}</form>").text == "© Brevik\n\n# Hours\n\nFrom nine."


def test_a_page_of_nothing_but_what_stands_around_others():
    assert read("<aside><p>From nine.</p></aside>").text == "From nine."


@pytest.mark.parametrize("page", ["{}", f"<article>{ARTICLE}{{}}<p>{FILLING}</p></article>"])
def test_a_heading_that_is_pressed(page):
    button = "<button class='accordion-button'>When does it open?</button>"
    text = read(page.format(f"<h3>{button}</h3><p>At nine.</p><button>Send</button>")).text
    assert "### When does it open?\n\nAt nine." in text
    assert "Send" not in text


def test_lines_of_code_are_kept_and_those_of_the_file_are_not():
    code = "def f():\n    return 1\n\nx = 2"
    lines = f"<pre>a\n  b</pre><pre><code>{code}\n</code></pre><pre>c<br>d</pre>"
    wrapped = "<p>Say <code>a\nb</code> or <q>c\nd</q>.</p><blockquote>He said\nno.</blockquote>"
    text = read(f"<article>{ARTICLE}{lines}{wrapped}<p>{FILLING}</p></article>").text
    assert text.endswith(f"a\n  b\n\n{code}\n\nc\nd\n\nSay a b or c d.\n\nHe said no.\n\n{FILLING}")


def test_an_article_of_one_paragraph_with_line_breaks():
    parts = [FILLING, "It opens at nine.", FILLING, f"{FILLING} It closes."]
    body = "<br><br>".join(parts)
    text = read(f"<div>© Brevik</div><div><p>{body}</p></div><footer>Nobody</footer>").text
    assert text.split("\n\n") == parts


def test_a_table_that_arranges_a_page_is_no_line():
    column = "<br><br>".join([FILLING] * 8)
    page = f"<table><tr><td>Home</td><td>{column}</td></tr></table>"
    assert read(page).text.split("\n\n") == ["Home", *[FILLING] * 8]


@pytest.mark.parametrize("page", ["{}", "<div>{}</div>", "<div><div>{}</div></div>"])
def test_the_headings_and_lists_of_a_page_that_marks_no_article(page):
    text = read(f"<html><body>{page.format(UNMARKED)}</body></html>").text
    assert "## Ingredients\n\n- 200 g of flour\n- 3 eggs\n\n" in text
    assert "## Steps\n\n1. Whisk the eggs.\n2. Fry them." in text
    assert text.count(FILLING) == 4
    assert "About us" not in text
    assert "Nobody owns" not in text


def test_a_page_that_word_has_saved():
    page = UNMARKED.replace("</p>", "<o:p></o:p></p>").replace("<p>", "<p><o:p>&nbsp;</o:p>")
    assert "3 eggs" in read(page).text


def test_what_it_says_of_itself():
    extract = read(
        "<html lang=sv><head><title>Harbour – The Times</title>"
        "<meta name=author content='Ada Fenn'>"
        "<meta property='article:published_time' content='2024-05-02T10:00:00Z'></head>"
        f"<body><article>{ARTICLE}</article></body></html>"
    )
    assert extract.title == "The harbour of Brevik"
    assert (extract.author, extract.date) == ("Ada Fenn", "2024-05-02T10:00:00Z")
    assert extract.language == "sv"
    bare = read(f"<p>{FILLING}</p><footer>© 2019</footer>")
    assert (bare.title, bare.author, bare.date, bare.language) == (None, None, None, None)
    assert read("<title>Hours</title><p>Nine.</p>").title == "Hours"


def test_a_document_of_it(tmp_path):
    file = tmp_path / "page.HTM"
    file.write_text(f"<title>A page</title><p>{FILLING}</p>", "utf-8")
    (document,) = read_articles(file)
    assert (document.id, document.title, document.text) == ("page.HTM", "A page", FILLING)
    assert document.source == str(file)


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>a <b>b</b>c</p><p>d</p>", "a bc\n\nd"),
        ("one<div>two</div>three", "one\n\ntwo\n\nthree"),
        ("<p>m<sup>2</sup> &amp; caf&eacute;&nbsp;x</p>", "m2 & café x"),
        ("<pre>a\n  b\n</pre>", "a\n  b"),
        ("<ul><li>a<ul><li>b<li>c</ul><li>d</ul>", "- a\n  - b\n  - c\n- d"),
        ("<ul><li><p>a</p><p>b</p></li><li>c</ul>", "- a\nb\n- c"),
        ("<ol><li>a<li>b</ol><ol><li>c</ol>", "1. a\n2. b\n\n1. c"),
        ("<dl><dt>a</dt><dd>b</dd><dt>c</dt><dd>d</dd></dl>", "a\nb\nc\nd"),
        ("<table><tr><td>a<td><td>b</table>", "a | | b"),
        ("<table><tr><td><p>a</p><p>b</p><td>c<br>d</table>", "a b | c d"),
        ("<table><caption>x</caption><tr><th>a<th>b</table>", "x\n\na | b"),
        ("<table><tr><td><h2>a</h2><p>b</p><p>c</p></table>", "## a\n\nb\n\nc"),
        ("<p>a</p><p hidden>b</p><p style='display: none'>c</p>", "a"),
        ("<p>a<!-- b -->c</p><?d e?>", "ac"),
        ("<p>a</p><svg><text>b</text></svg><noscript>c</noscript>", "a"),
        ("<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>", "漢"),
        (
            "<blockquote><p>a</p></blockquote><hr><figure><figcaption>b</figcaption></figure>",
            "a\n\nb",
        ),
        ("<h1><img></h1><p>a</p>", "a"),
        ("<table><tr><td>a<br><br>b</td></tr><tr><td>c</td></tr></table>", "a\n\nb\n\nc"),
        ("<h2>1<br/>The Quay</h2>a", "## 1 The Quay\n\na"),
        ("a<br><br>b<br>c<br> <br>d", "a\n\nb\nc\n\nd"),
        ("<ul><li>a<br><br>b</li><li><br>c</ul>", "- a\nb\n- c"),
        ("<ul><li><table><tr><td><h4></h4>a<td>b</table></ul>", "- a | b"),
        ("<p>a\x07b\x0bc</p>", "ab c"),
        ("<p>&lt;b&gt; &#0; &#xD800;</p>", None),
    ],
)
def test_markup(markup, text):
    found = read(markup).text
    if text is None:
        found.encode()
        assert found.startswith("<b>")
    else:
        assert found == text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("<p>Größe</p>".encode(), "Größe"),
        (b"<meta charset=windows-1251><p>\xcf\xf0\xe8\xe2\xe5\xf2", "Привет"),
        ("<p>Größe 漢</p>".encode("utf-16"), "Größe 漢"),
        ("<p>Größe 漢</p>".encode("utf-16-be").join([b"\xfe\xff", b""]), "Größe 漢"),
        ("<p>Größe</p>".encode("utf-8-sig"), "Größe"),
        # As browsers do: Windows-1252, which has quotation marks where ISO-8859-1 has controls.
        (b"<meta charset=iso-8859-1><p>He said \x93yes\x94", "He said “yes”"),
        (b'<meta http-equiv="Content-Type" content="text/html; charset=us-ascii"><p>\x80 5', "€ 5"),
        (b'<?xml version="1.0" encoding="koi8-r"?><p>\xd0\xd2', "пр"),
        (b"<p>\x93yes\x94", "“yes”"),
        (b"<meta charset=utf-7><p>+ADw-\x93", "+ADw-“"),
    ],
)
def test_encodings(data, text):
    assert read(data).text == text


def test_a_charset_from_outside():
    limits = ReadLimits()
    data = "<p>Größe</p>".encode("latin-1")
    assert read_html(data, name="x", limits=limits, charset="iso-8859-1").text == "Größe"
    assert read_html(b"<p>x</p>", name="x", limits=limits, charset="no-such").text == "x"
    for charset in ("ISO-8859-1", "latin1", " us-ascii ", "windows-1252"):
        for page in (b"<p>\x93yes\x94</p>", b"<meta charset=utf-8><p>\x93yes\x94</p>"):
            assert read_html(page, name="x", limits=limits, charset=charset).text == "“yes”"
    for charset in ("punycode", "idna", "rot13", "utf-7", "hex"):
        page = "<p>Größe</p>".encode()
        assert read_html(page, name="x", limits=limits, charset=charset).text == "Größe"
    marked = "<p>Größe</p>".encode("utf-8-sig")
    assert read_html(marked, name="x", limits=limits, charset="windows-1251").text == "Größe"


def test_a_long_page_is_taken_whole():
    rows = "".join(f"<tr><td>Boat {n}</td><td>{n} crowns</td></tr>" for n in range(MOST_ELEMENTS))
    page = AROUND.format(article=f"<div><h1>All boats</h1><table>{rows}</table></div>")
    text = read(page).text
    assert text.startswith("# All boats\n\nBoat 0 | 0 crowns\nBoat 1 | 1 crowns\n")
    assert text.endswith(f"Boat {MOST_ELEMENTS - 1} | {MOST_ELEMENTS - 1} crowns")


@pytest.mark.parametrize("page", ["", " ", "<html></html>", "<!-- a -->", "<script>a</script>"])
def test_nothing_to_read(page):
    with pytest.raises(SourceError, match=r"page\.html is empty"):
        read(page)


def test_limits():
    with pytest.raises(SourceError, match="1,007 bytes of HTML; at most 1,000 bytes"):
        read(f"<p>{'x' * 1000}</p>", markup_bytes=1000)
    with pytest.raises(SourceError, match="1,000 characters of text; an article may have 999"):
        read(f"<p>{'x' * 1000}</p>", text_chars=999)


WORDS = st.sampled_from("lamp boat winter keeper harbour sea ice rope 漢字 Größe".split())
LEAVES = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)
TAGS = st.sampled_from("p div b span ul li ol h2 table tr td blockquote section pre dl dd".split())
TREES = st.recursive(
    LEAVES,
    lambda inner: st.builds(
        lambda tag, parts: f"<{tag}> {' '.join(parts)} </{tag}>",
        TAGS,
        st.lists(inner, min_size=1, max_size=4),
    ),
    max_leaves=12,
)


@few
@given(TREES)
def test_no_word_is_lost_however_the_tags_are_nested(tree):
    import re

    expected = re.sub("<[^>]*>", " ", tree).split()
    found = re.sub(r"(?m)^ *(- |\d+\. |#+ )+|\|", " ", read(f"<body>{tree}").text).split()
    assert sorted(found) == sorted(expected)  # the parser moves what may not stand in a table


@pytest.mark.parametrize(
    "content",
    ["<div>" * 400 + "Words." + "</div>" * 400, f"<pre>{'a word. ' * 1_400_000}</pre>"],
    ids=["deep", "long"],
)
def test_no_part_of_a_page_is_lost(content):
    with pytest.raises(SourceError, match="has tags nested too deep, or too long a text in one"):
        read(f"<p>Start.</p>{content}<p>After.</p>")
