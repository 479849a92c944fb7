"""A model in its fast form: its files, and how it is run by ONNX Runtime.

ONNX Runtime starts in a fraction of the time that torch takes to import, computes what
belongs together at once, and multiplies eight-bit integers faster than floats, where a
model bears them.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from index.errors import ModelError, first_line
from index.threads import usable_cores

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


Facts = TypeVar("Facts")
MODEL_FILE = "model.onnx"
# A sum and a layer's normalisation take a sixth of the time apart that they take joined, where
# each number is worked on by itself (ONNX Runtime 1.32).
LEFT_APART = ("SkipLayerNormFusion",)
TOKENIZER_FILE = "tokenizer.json"
# Of a fast form that cannot be used.
MADE_AGAIN = "Delete it: the cache remakes it; elsewhere, run `pullquote export`."
Inputs = Mapping[str, npt.NDArray[np.int64]]


class FastModel:
    """An ONNX model, run by ONNX Runtime; safe to share between threads.

    Args:
        file: the model.
        threads: in one pass; without it, as many as there are cores.

    Raises:
        ModelError: it cannot be loaded.
    """

    def __init__(self, file: Path, *, threads: int | None = None) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or usable_cores()
        options.log_severity_level = 3  # errors only
        try:
            self._session = onnxruntime.InferenceSession(
                str(file),
                options,
                providers=["CPUExecutionProvider"],
                disabled_optimizers=LEFT_APART,
            )
        except Exception as error:  # its errors share no base
            raise ModelError(
                f"The fast form {file} cannot be loaded ({first_line(error)}).",
                MADE_AGAIN,
            ) from error
        self._names = [one.name for one in self._session.get_inputs()]

    def run(self, inputs: Inputs) -> list[Any]:
        """The model's outputs.

        Args:
            inputs: (B, L) int64 each; those it does not take are left out.
        """
        outputs: list[Any] = self._session.run(None, {name: inputs[name] for name in self._names})
        return outputs


def read_facts(folder: Path, file: str, kind: type[Facts]) -> tuple[Facts, str]:
    """What stands beside a fast form: the facts of its kind, and its tokenizer.

    Args:
        folder: of the fast form.
        file: name of the facts' file.
        kind: a dataclass of the facts.

    Raises:
        ModelError: a file is missing or damaged.
    """
    try:
        facts = kind(**json.loads((folder / file).read_text("utf-8")))
        return facts, (folder / TOKENIZER_FILE).read_text("utf-8")
    except (OSError, ValueError, TypeError) as error:
        raise ModelError(f"The fast form in {folder} is damaged.", MADE_AGAIN) from error


def write_facts(
    folder: Path, file: str, facts: "DataclassInstance", *, tokenizer_json: str
) -> None:
    """Write what ``read_facts`` reads.

    Args:
        folder: of the fast form.
        file: name of the facts' file.
        facts: a dataclass.
        tokenizer_json: the tokenizer, serialised.
    """
    (folder / TOKENIZER_FILE).write_text(tokenizer_json, "utf-8")
    (folder / file).write_text(json.dumps(asdict(facts)) + "\n", "utf-8")
