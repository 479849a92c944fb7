"""A conversation as JSON and as Markdown."""

import json

import jsonschema
from rendered import HOSTILE
from test_qa_markdown import Shown

import qa
from index.records import Document
from qa.records import Answer, Excerpt
from qa.transcript import Transcript


def test_real_answers_keep_their_json(news, news_answers):
    transcript = Transcript("News", tuple(news_answers), news.documents)
    read = json.loads(transcript.to_json())
    assert read["name"] == "News"
    assert read["answers"] == [answer.to_dict() for answer in news_answers]
    for answer in read["answers"]:
        jsonschema.validate(answer, qa.answer_schema())
    (article,) = read["articles"]
    (document,) = news.documents
    assert article["id"] == document.id
    assert article["characters"] == len(document.text)
    assert article["source"] == "belarus-pardons.txt", "without where the server keeps it"


def test_real_answers_as_markdown(news, news_answers):
    shown = Shown(Transcript("News", tuple(news_answers), news.documents).to_markdown())
    assert shown.tags.count("h1") == 1
    assert shown.tags.count("h2") == len(news_answers)
    quotes = [
        found.text for answer in news_answers if answer.text for found in answer.items or (answer,)
    ]
    assert shown.tags.count("blockquote") == len(quotes) > 0
    assert all(quote in shown.text for quote in quotes)
    absent = sum(answer.text is None for answer in news_answers)
    assert shown.text.count("The article does not say.") == absent > 0


def test_hostile_text_is_shown():
    for hostile in HOSTILE:
        text = f"Before. {hostile} After."
        document = Document("d", f"T {hostile}", text, author=hostile, source=f"/x/{hostile}.txt")
        quote = Excerpt.from_span(document, 8, 8 + len(hostile))
        given = (
            Answer(hostile, quote.text, 0.9, 0.1, quote.start, quote.end, "d", document.title),
            Answer(hostile, None, 0.9, 0.9, resolved=hostile),
        )
        known = Shown(Transcript(hostile, given, (document,)).to_markdown())
        gone = Shown(Transcript(hostile, given, ()).to_markdown())
        for shown in (known, gone):
            assert set(shown.tags) == {"h1", "h2", "p", "blockquote"}
            # Of the name, two questions, what was understood, the quote and the title.
            assert shown.text.count(hostile) >= 6


def test_a_quote_of_an_article_that_has_changed_is_still_given():
    document = Document("d", "New title", "Something else.")
    answer = Answer("who?", "Anna", 0.9, 0.1, 4, 8, "d", "Old title", page=3)
    markdown = Transcript("", (answer,), (document,)).to_markdown()
    assert "> Anna\n>\n> — Old title, page 3, characters 4–8" in markdown
    assert markdown.startswith("# Conversation\n\n## 1\\. who?")
    assert str(Transcript("", (answer,), ())) == "Conversation (1 questions)"
