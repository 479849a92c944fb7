"""What a visitor says of an answer is kept with it."""

from keepers import answer, begun

from qa.feedback import Feedback, Judged, Verdict


def test_feedback_stays_with_its_answer(kept, visitor):
    one = begun(kept, visitor, turns=3)
    wrong, right = Feedback(Verdict.WRONG, "It's another"), Feedback(Verdict.RIGHT)
    assert kept.feedback.judge(visitor, one, 1, wrong)
    assert kept.feedback.judge(visitor, one, 2, wrong)
    assert kept.feedback.judge(visitor, one, 2, right)
    assert not kept.feedback.judge(visitor, one, 3, right)
    assert [turn.feedback for turn in kept.conversations.turns(visitor, one)] == [
        None,
        wrong,
        right,
    ]
    assert list(kept.feedback.judged()) == [Judged(answer(1), wrong), Judged(answer(2), right)]
    assert kept.feedback.judge(visitor, one, 1, None)
    assert list(kept.feedback.judged()) == [Judged(answer(2), right)]
    kept.conversations.delete(visitor, one)
    assert list(kept.feedback.judged()) == []
