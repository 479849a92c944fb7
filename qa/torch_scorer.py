"""Load any extractive reader with transformers, and score with torch."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import ModelError, first_line
from index.hub import is_local
from index.quiet import quiet_loading
from qa.scorer import Floats, Ints, ReaderModel

if TYPE_CHECKING:
    from transformers import PreTrainedModel

DISENTANGLED = "deberta-v2"  # the model type, of DeBERTa-v3 as well


class TorchScorer:
    """A model of transformers: BERT, RoBERTa, DistilBERT, MPNet and others.

    Args:
        model: with a span head.
        uses_type_ids: whether it tells segments apart.
    """

    def __init__(self, model: "PreTrainedModel", *, uses_type_ids: bool) -> None:
        self.model = model
        self.uses_type_ids = uses_type_ids

    def score(self, token_ids: Ints, type_ids: Ints, attended: Ints) -> tuple[Floats, Floats]:
        """Start and end logits, (W, L) float32 each; see ``qa.scorer.SpanScorer``."""
        import torch

        inputs = {
            "input_ids": torch.from_numpy(token_ids),
            "attention_mask": torch.from_numpy(attended),
        }
        if self.uses_type_ids:
            inputs["token_type_ids"] = torch.from_numpy(type_ids)
        with torch.inference_mode():
            output = self.model(**inputs)
            return output.start_logits.float().numpy(), output.end_logits.float().numpy()


def load_torch_reader(name: str | Path) -> ReaderModel:
    """Load a reader from a folder, or from the hub if no such folder exists.

    Args:
        name: a folder, or a hub id such as ``deepset/tinyroberta-squad2``.

    Raises:
        ModelError: there is no such model, or it is no extractive reader.
    """
    import torch
    from safetensors import SafetensorError
    from transformers import AutoModelForQuestionAnswering, AutoTokenizer

    local = is_local(name)
    try:
        with quiet_loading():
            tokenizer = AutoTokenizer.from_pretrained(
                name, local_files_only=local, trust_remote_code=False
            )
            model, report = AutoModelForQuestionAnswering.from_pretrained(
                name,
                local_files_only=local,
                trust_remote_code=False,
                dtype=torch.float32,
                output_loading_info=True,
            )
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        RuntimeError,  # weights of other shapes than the configuration says
        SafetensorError,  # a torn file
    ) as error:
        raise ModelError(
            f"There is no extractive reader at “{name}” that could be loaded"
            f" ({first_line(error)}).",
            "Give a folder with such a model, or a hub id and a network.",
        ) from error
    if any("qa_outputs" in key for key in report["missing_keys"]):
        raise ModelError(
            f"The model “{name}” has no span head: its answers would be random.",
            "Give a model fine-tuned for extractive question answering.",
        )
    if report["missing_keys"]:
        lacking = min(report["missing_keys"])
        raise ModelError(
            f"The weights of “{name}” lack {lacking}, which would be random.",
            "Get the whole model, or fix its config.json.",
        )
    if len(tokenizer) <= len(tokenizer.all_special_ids):
        raise ModelError(
            f"The reader “{name}” has no vocabulary.", "Put its tokenizer.json into the folder."
        )
    if not tokenizer.is_fast:
        raise ModelError(
            f"The reader “{name}” has no fast tokenizer, so its tokens have no offsets.",
            "Choose a model that has a tokenizer.json.",
        )
    if model.config.model_type == DISENTANGLED:
        from qa.disentangled import shift_distances

        shift_distances(model)
    return ReaderModel(
        scorer=TorchScorer(
            model.eval(), uses_type_ids="token_type_ids" in tokenizer.model_input_names
        ),
        tokenizer_json=tokenizer.backend_tokenizer.to_str(),
        cls_token_id=tokenizer.cls_token_id,
        pad_token_id=tokenizer.pad_token_id or 0,
        longest_input=_longest_input(model, tokenizer),
    )


def _longest_input(model: "PreTrainedModel", tokenizer: Any) -> int:
    """How many tokens the model takes at once."""
    positions = getattr(model.config, "max_position_embeddings", None)
    if positions is None:
        return int(tokenizer.model_max_length)
    # RoBERTa and MPNet count positions from the padding index on.
    return int(min(positions - 2, tokenizer.model_max_length))
