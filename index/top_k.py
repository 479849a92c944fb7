"""How many are asked for: what ``top_k`` may be, wherever it is taken."""

from index.errors import InputError


def check_top_k(top_k: int) -> None:
    """Refuse what is no number of things.

    Args:
        top_k: how many are wanted, at most.

    Raises:
        InputError: it is below 1, or no whole number.
    """
    if not isinstance(top_k, int) or isinstance(top_k, bool) or top_k < 1:
        raise InputError(f"top_k is {top_k!r}.", "Ask for a whole number, 1 or more.")
