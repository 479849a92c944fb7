"""What is kept as HTML, and what a visitor says of an answer."""

import pytest
from rendered import HOSTILE, STORY, Page, found, not_found

from qa.feedback import Feedback, Verdict
from qa.kept_rows import KeptConversation
from qa.render_judging import judging_html
from qa.render_kept import LISTED, KeptShown, kept_html


def kept(*names, **options):
    talks = [KeptConversation(f"id{n}", name, ("a",)) for n, name in enumerate(names)]
    return kept_html(KeptShown(talks, **{"days": 90, **options}))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_conversations_and_notes(hostile):
    page = Page(kept(hostile, wanted=hostile, exported=(hostile, hostile, "1")))
    page.assert_ours()
    assert page.acts("recall")[0]["data-id"] == "id0"
    assert hostile in page.text
    said = Feedback(Verdict.WRONG, hostile)
    Page(judging_html(0, found(STORY, "Anna"), said)).assert_ours()


def test_each_conversation_can_be_opened_named_saved_and_deleted():
    page = Page(kept("One", "Two", chosen="id1"))
    for act, times in {"recall": 2, "rename": 2, "export": 4, "delete": 2}.items():
        assert len(page.acts(act)) == times
    assert [one["data-id"] for one in page.acts("recall") if "aria-current" in one] == ["id1"]


def test_what_is_kept_and_how_to_have_it_otherwise_is_said():
    page = Page(kept())
    assert "kept on this server for this browser alone, until 90 days" in page.text
    assert len(page.acts("private")) == len(page.acts("forget")) == 1
    text = Page(kept(by_account=True)).text
    assert "for your account, in every browser, until 90 days" in text
    assert "this browser" not in text
    page = Page(kept(private=True))
    assert "nothing you ask or add is kept" in page.text
    assert len(page.acts("keep")) == 1
    page = Page(kept_html(None))
    assert "Nothing is kept" in page.text
    assert page.buttons == []


def test_of_many_some_are_listed():
    page = Page(kept(*(["One"] * (LISTED + 2))))
    assert len(page.acts("recall")) == LISTED
    assert "and 2 more" in page.text
    assert "No conversation has these words." in kept(wanted="x")


def test_an_answer_is_judged_by_what_it_is():
    verdicts = [one["data-verdict"] for one in Page(judging_html(3, not_found(), None)).buttons]
    assert verdicts == ["right", "missed", "other"]
    page = Page(judging_html(3, found(STORY, "Anna"), Feedback(Verdict.INCOMPLETE, "More.")))
    pressed = [one["data-verdict"] for one in page.buttons if one["aria-pressed"] == "true"]
    assert pressed == ["incomplete"]
    assert {one["data-turn"] for one in page.buttons} == {"3"}
