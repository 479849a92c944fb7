"""A visit to the chat is found again after the server has been started anew."""

from qa.kept_file import FILE

ARTICLE = "Ada Fenn was born in Port Ellen. She built the bridge of Lirra there, in a year of rain."


def last(views):
    """The session after all that an act shows."""
    *_, view = views
    assert view.notice is None
    assert view.paste_notice is None
    return view.session


def visit(desks, *, private=False):
    """Ask of an article on offer, bring one and ask of it; the session after it."""
    session = desks.kept.arrive("", desks.desk.opening(), private=private).session
    for question in ("how many prisoners were pardoned?", "who pardoned them?"):
        session = last(desks.desk.ask(question, session, "somebody"))
    session = last(desks.books.paste(ARTICLE, "Fenn", session, "somebody"))
    session = last(desks.desk.ask("where was Ada Fenn born?", session, "somebody"))
    return desks.kept.judge(0, "right", "", session).session


def test_it_is_found_again_after_a_restart(started):
    before = visit(started())
    desks = started()
    session = desks.kept.arrive(before.visitor, desks.desk.opening(), private=False).session
    assert len(session.listed) == 2
    assert [one.title for one in session.waiting.values()] == ["Fenn"]
    for listed in session.listed:
        recalled = last(desks.kept.recall(listed.id, session, "somebody"))
        kept = before.conversations[recalled.article].turns
        again = recalled.conversation.turns
        assert [one.to_dict() for one in again] == [one.to_dict() for one in kept]
        (text,) = {one.text for one in desks.desk.about(recalled).documents}
        assert all(text[one.start : one.end] == one.text for one in again)
        # It goes on where it was, and is kept as one conversation.
        asked = last(desks.desk.ask("who?", recalled, "somebody"))
        assert {one.id for one in asked.listed} == {one.id for one in session.listed}
        assert len(asked.kept[asked.article].turns) == len(again) + 1
    assert [one.feedback.good for one in desks.desk.keeping.kept.feedback.judged()] == [True]


def test_another_visitor_finds_nothing(started):
    visit(started())
    desks = started()
    session = desks.kept.arrive("", desks.desk.opening(), private=False).session
    assert (session.listed, session.waiting) == ((), {})


def test_of_a_private_visit_nothing_is_written(started, tmp_path):
    desks = started()
    before = (tmp_path / "kept" / FILE).read_bytes()
    visit(desks, private=True)
    assert (tmp_path / "kept" / FILE).read_bytes() == before


def test_a_fault_is_told_without_where_the_file_is(started, tmp_path, caplog):
    desks = started()
    session = desks.kept.arrive("", desks.desk.opening(), private=False).session
    (tmp_path / "kept" / FILE).unlink()
    *_, view = desks.desk.ask("how many prisoners were pardoned?", session, "somebody")
    assert view.session.conversation.turns[0].text == "123", "the answer is there all the same"
    assert "is not kept" in str(view.notice)
    assert str(tmp_path) not in str(view.notice)
    assert str(tmp_path) in caplog.text
