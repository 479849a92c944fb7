"""The numbers of passages, which ascend."""

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]


def is_among(numbers: Numbers, others: Numbers) -> npt.NDArray[np.bool_]:
    """Which of some numbers are among others; both ascending."""
    if not len(others):
        return np.zeros(len(numbers), dtype=bool)
    places = np.minimum(np.searchsorted(others, numbers), len(others) - 1)
    there: npt.NDArray[np.bool_] = others[places] == numbers
    return there
