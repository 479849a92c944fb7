"""What a reader is trained to make small."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from loss import gold_loss, span_loss, teacher_loss
from strategies import many

pytestmark = pytest.mark.usefixtures("one_thread")


def logits_like(shape: tuple[int, int]) -> st.SearchStrategy[torch.Tensor]:
    count = shape[0] * shape[1]
    numbers = st.lists(st.floats(-20, 20, width=32), min_size=count, max_size=count)
    return numbers.map(lambda values: torch.tensor(values).reshape(shape))


@many
@given(logits_like((3, 5)), st.lists(st.integers(0, 4), min_size=3, max_size=3))
def test_the_loss_of_one_passage_is_cross_entropy(logits: torch.Tensor, places: list[int]) -> None:
    targets = torch.nn.functional.one_hot(torch.tensor(places), 5).float()
    found = gold_loss(
        logits, targets, allowed=torch.ones(3, 5, dtype=torch.bool), groups=torch.arange(3)
    )
    expected = torch.nn.functional.cross_entropy(logits, torch.tensor(places), reduction="none")
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-4)


@many
@given(logits_like((2, 4)))
def test_passages_of_a_question_share_one_softmax_and_one_null(logits: torch.Tensor) -> None:
    targets = torch.tensor([[0, 0.5, 0.5, 0], [1.0, 0, 0, 0]])
    allowed = torch.tensor([[True, True, True, False], [True, True, True, True]])
    found = gold_loss(logits, targets, allowed=allowed, groups=torch.tensor([7, 7]))
    first, second = logits[0] - logits[0, 0], logits[1] - logits[1, 0]
    joint = torch.cat([torch.zeros(1), first[1:3], second[1:]]).log_softmax(0)
    torch.testing.assert_close(found, -joint[1:3].mean().expand(2), atol=1e-4, rtol=1e-4)
    nothing = torch.tensor([[1.0, 0, 0, 0]] * 2)
    found = gold_loss(logits, nothing, allowed=allowed, groups=torch.tensor([7, 7]))
    torch.testing.assert_close(found, -joint[0].expand(2), atol=1e-4, rtol=1e-4)


@many
@given(logits_like((3, 5)), st.lists(st.integers(1, 4), min_size=3, max_size=3))
def test_where_an_answer_lies_and_whether_there_is_one_make_the_whole_loss(
    logits: torch.Tensor, places: list[int]
) -> None:
    targets = torch.nn.functional.one_hot(torch.tensor(places), 5).float()
    allowed = torch.ones(3, 5, dtype=torch.bool)
    answered = -torch.log1p(-logits.double().softmax(dim=1)[:, 0]).float()
    whole = gold_loss(logits, targets, allowed=allowed, groups=torch.arange(3))
    found = span_loss(logits, targets, allowed=allowed)
    torch.testing.assert_close(found + answered, whole, atol=1e-3, rtol=1e-3)
    nothing = torch.nn.functional.one_hot(torch.zeros(3, dtype=torch.long), 5).float()
    assert span_loss(logits, nothing, allowed=allowed).tolist() == [0, 0, 0]


@many
@given(logits_like((2, 4)), logits_like((2, 4)), st.sampled_from([1.0, 2.0, 5.0]))
def test_the_teachers_loss_is_torchs_divergence(
    logits: torch.Tensor, teacher: torch.Tensor, temperature: float
) -> None:
    known = torch.tensor([[True, True, False, True], [False] * 4])
    found = teacher_loss(logits, teacher, known=known, temperature=temperature)
    expected = torch.nn.functional.kl_div(
        (logits[0][known[0]] / temperature).log_softmax(0),
        (teacher[0][known[0]] / temperature).log_softmax(0),
        reduction="sum",
        log_target=True,
    )
    torch.testing.assert_close(found[0], expected * temperature**2, atol=1e-3, rtol=1e-3)
    assert found[1] == 0
    assert (teacher_loss(teacher, teacher, known=known, temperature=temperature) < 1e-4).all()
