"""Which kind of FAISS index fits a size, and what a kind is."""

import math
import re

import faiss

from index.errors import InputError

FLAT = "Flat"
FLAT_UP_TO = 50_000  # vectors that are all compared within some ten milliseconds
# Lists of an inverted file, in square roots of the vectors. FAISS's guide gives 4 to 16, which
# take as many times as long to make; a search then is not faster by much.
LISTS_PER_ROOT = 2
# That a search takes, whose own vectors are compared where the kind compresses them; what is
# further down is far behind.
CANDIDATES = 50
# Whatever else there may be to a kind, such as PCA before it or _SQ8 within it, alters the vectors.
EXACT = re.compile(r"Flat|HNSW\d*(,Flat)?|IVF\d+[kM]?(_HNSW\d*)?,Flat")
# Kinds that FAISS knows and cannot fill: those with numbers of their own, beside ours, or refined
# after lists; and those without lists or with hardly any neighbours, which end the process.
USELESS = re.compile(r"IDMap|IVF.*R(Flat|efine)|IVF0+(?!\d)|(HNSW|NSG)0*[012](?!\d)")
REMEDY = "Give a factory string such as Flat, IVF1024,Flat or HNSW32."


def kind_for(count: int) -> str:
    """The kind of FAISS index that so many vectors get: a factory string."""
    return FLAT if count <= FLAT_UP_TO else f"IVF{round(LISTS_PER_ROOT * math.sqrt(count))},SQ8"


def check_kind(kind: str, *, dimension: int) -> None:
    """Ask FAISS whether it knows a kind, and refuse those that it cannot keep vectors in.

    Raises:
        InputError: it does not, or it is such a kind.
    """
    if USELESS.search(kind):
        raise _unusable(kind)
    try:
        made = faiss.index_factory(dimension, kind, faiss.METRIC_INNER_PRODUCT)
    except RuntimeError as error:
        raise InputError(
            f"FAISS knows no index “{kind}” for vectors of {dimension} numbers.", REMEDY
        ) from error
    try:
        faiss.clone_index(made)  # as a change does
    except RuntimeError as error:
        raise _unusable(kind) from error


def _unusable(kind: str) -> InputError:
    return InputError(f"FAISS cannot keep an index's vectors in “{kind}”.", REMEDY)


def is_exact(kind: str) -> bool:
    """Whether an index of this kind compares the vectors themselves: none is compressed."""
    return EXACT.fullmatch(kind) is not None


def lists_of(kind: str, dimension: int) -> int:
    """How many lists an inverted file of this kind has; 0 if it is none."""
    lists = faiss.try_extract_index_ivf(
        faiss.index_factory(dimension, kind, faiss.METRIC_INNER_PRODUCT)
    )
    return 0 if lists is None else int(lists.nlist)
