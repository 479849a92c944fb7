"""The numbers of passages, which ascend, and their vectors: as arrays."""

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
Vectors = npt.NDArray[np.float32]

UNIT_WITHIN = 1e-3  # of a vector's length: float32 rounds at 1e-7, eight-bit forms divide exactly


def are_unit(vectors: npt.NDArray[np.floating]) -> bool:
    """Whether all of some vectors are of length 1, as nearly as rounding leaves it.

    Args:
        vectors: shape (vectors, dimension).
    """
    with np.errstate(over="ignore", invalid="ignore"):
        lengths = np.linalg.norm(vectors, axis=1)
    return bool((np.abs(lengths - 1) <= UNIT_WITHIN).all())  # of a NaN, nothing holds


def is_among(numbers: Numbers, others: Numbers) -> npt.NDArray[np.bool_]:
    """Which of some numbers are among others; both ascending."""
    if not len(others):
        return np.zeros(len(numbers), dtype=bool)
    places = np.minimum(np.searchsorted(others, numbers), len(others) - 1)
    there: npt.NDArray[np.bool_] = others[places] == numbers
    return there


def products(queries: Vectors, vectors: Vectors) -> Vectors:
    """The inner products of queries and vectors, each as it would be by itself.

    A product of matrices rounds by how many rows it has and where one stands among them: then
    what is found would depend on what is asked beside it, and equals would not be equal.

    Args:
        queries: shape (queries, dimension).
        vectors: shape (vectors, dimension).

    Returns:
        Shape (queries, vectors).
    """
    found = np.empty((len(queries), len(vectors)), np.float32)
    for row, query in enumerate(queries):
        np.einsum("d,vd->v", query, vectors, out=found[row])
    return found


class Choice:
    """Some of the passages; whether one is among them is looked up, not searched.

    Args:
        numbers: theirs, ascending.
    """

    def __init__(self, numbers: Numbers) -> None:
        self.numbers = numbers
        self._there = np.zeros(int(numbers[-1]) + 1 if len(numbers) else 0, dtype=bool)
        self._there[numbers] = True
        # As FAISS takes it.
        self.bits: npt.NDArray[np.uint8] = np.packbits(self._there, bitorder="little")

    def __len__(self) -> int:
        return len(self.numbers)

    def has(self, numbers: Numbers) -> npt.NDArray[np.bool_]:
        """Which of some numbers are among them."""
        if not len(self.numbers):
            return np.zeros(len(numbers), dtype=bool)
        there: npt.NDArray[np.bool_] = self._there.take(numbers, mode="clip")
        return there & (numbers < len(self._there))
