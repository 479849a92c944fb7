"""What training brings down: the distance from people's answers and from a teacher's spans."""

import torch

MASKED = -1e4  # as good as minus infinity for a softmax, and safe in sums and products


def gold_loss(
    logits: torch.Tensor, targets: torch.Tensor, *, allowed: torch.Tensor, groups: torch.Tensor
) -> torch.Tensor:
    """Cross entropy against people's answers, over all passages of a question at once.

    Each passage's logits are taken against its null, which makes them comparable, and the
    softmax is over the tokens of all passages of the question and one null (shared
    normalisation: Clark and Gardner 2018, Simple and Effective Multi-Paragraph Reading
    Comprehension). With one passage this is the loss of BERT for SQuAD 2.0 (Devlin et al.
    2019). Where there are several answers, they share the mass.

    Args:
        logits: (B, L) float32, of starts or of ends; the null is at token 0.
        targets: (B, L) float32, rows that sum to 1; all on the null where a passage does
            not say.
        allowed: (B, L) bool, the tokens of the passage and the null.
        groups: (B,) int64, the question of each row.

    Returns:
        (B,) float32, the loss of each row's question.
    """
    against_null = (logits - logits[:, :1]).masked_fill(~allowed, MASKED)[:, 1:]
    same = groups[:, None] == groups[None, :]  # (B, B)
    rows = against_null.logsumexp(dim=1).expand(len(groups), -1).masked_fill(~same, MASKED)
    mass = torch.nn.functional.pad(rows, (1, 0)).logsumexp(dim=1)  # the null's logit is 0
    on_answers = targets[:, 1:]
    wanted = (on_answers * against_null).sum(dim=1)  # (B,), 0 where a passage does not say
    answering = same.float() @ on_answers.sum(dim=1)
    return mass - (same.float() @ wanted) / answering.clamp(min=1.0)


def span_loss(
    logits: torch.Tensor, targets: torch.Tensor, *, allowed: torch.Tensor
) -> torch.Tensor:
    """Cross entropy against people's answers, given that the passage has one.

    It is the part of ``gold_loss`` that does not say whether the passage answers: a softmax
    over the tokens of the passage alone.

    Args:
        logits: (B, L) float32, of starts or of ends; the null is at token 0.
        targets: (B, L) float32, rows that sum to 1.
        allowed: (B, L) bool, the tokens of the passage and the null.

    Returns:
        (B,) float32; 0 in rows whose target is the null.
    """
    chances = logits.masked_fill(~allowed, MASKED)[:, 1:].log_softmax(dim=1)
    return -(targets[:, 1:] * chances).sum(dim=1)


def teacher_loss(
    logits: torch.Tensor,
    teacher_logits: torch.Tensor,
    *,
    known: torch.Tensor,
    temperature: float,
) -> torch.Tensor:
    """Kullback–Leibler divergence from a teacher's distribution, softened by a temperature.

    Times the temperature squared, so that its gradients keep their size (Hinton et al.
    2015, Distilling the Knowledge in a Neural Network).

    Args:
        logits: (B, L) float32, the student's.
        teacher_logits: (B, L) float32; any number where not known.
        known: (B, L) bool, the tokens that the teacher scored.
        temperature: divides both logits.

    Returns:
        (B,) float32; 0 in rows without known tokens.
    """
    student = (logits / temperature).masked_fill(~known, MASKED).log_softmax(dim=1)
    teacher = (teacher_logits / temperature).masked_fill(~known, MASKED).log_softmax(dim=1)
    divergence = (teacher.exp() * (teacher - student)).masked_fill(~known, 0.0).sum(dim=1)
    return divergence * temperature**2
