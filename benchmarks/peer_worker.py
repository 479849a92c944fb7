"""One reader, ours or a peer's, in a process and an environment of its own.

    python benchmarks/peer_worker.py NAME MODEL

The items of ``worker.py`` are pairs of question and context; found are answers.
"""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from worker import work

BATCH_SIZE = 32
MAX_ANSWER_TOKENS = 30
Pairs = Sequence[tuple[str, str]]
Read = Callable[[Pairs], list[str]]


def main() -> None:
    name, model = sys.argv[1:]
    work(LOADERS[name](model), [("Who came?", "Ada came.")])


def load_pullquote(model: str) -> Read:
    import qa

    def read(pairs: Pairs) -> list[str]:
        found: Any = qa.extract(
            question=[question for question, _ in pairs],
            context=[context for _, context in pairs],
            model=model,
            max_answer_len=MAX_ANSWER_TOKENS,
            batch_size=BATCH_SIZE,
        )
        return [one["answer"] for one in found]

    return read


def load_transformers4(model: str) -> Read:
    """The pipeline that transformers removed in version 5."""
    import transformers

    make_pipeline: Any = transformers.pipeline  # whose types are those of version 5
    pipe = make_pipeline("question-answering", model=model, tokenizer=model, device="cpu")

    def read(pairs: Pairs) -> list[str]:
        inputs = [{"question": question, "context": context} for question, context in pairs]
        found: Any = pipe(
            inputs,
            batch_size=1,  # its default, and its fastest: in larger ones it pads
            handle_impossible_answer=False,
            max_answer_len=MAX_ANSWER_TOKENS,
        )
        return [one["answer"] for one in (found if isinstance(found, list) else [found])]

    return read


def load_haystack(model: str) -> Read:
    from haystack import Document
    from haystack.utils import ComponentDevice
    from haystack_integrations.components.readers.transformers import TransformersExtractiveReader

    reader = TransformersExtractiveReader(
        model=model,
        device=ComponentDevice.from_str("cpu"),
        top_k=1,
        no_answer=False,
        max_batch_size=BATCH_SIZE,
    )
    reader.warm_up()

    def read(pairs: Pairs) -> list[str]:  # it takes one question a call
        answers = []
        for question, context in pairs:
            found = reader.run(query=question, documents=[Document(content=context)])["answers"]
            answers.append(found[0].data or "")
        return answers

    return read


def load_txtai(model: str) -> Read:
    from txtai.pipeline import Questions

    questions = Questions(model, gpu=False)

    def read(pairs: Pairs) -> list[str]:  # it reads them one by one in any case
        answers = []
        for question, context in pairs:
            try:
                answers += questions([question], [context])
            except TypeError:  # its best tokens are none of the context's: it stops there
                answers.append("")
        return [answer or "" for answer in answers]

    return read


LOADERS: dict[str, Callable[[str], Read]] = {
    "pullquote": load_pullquote,
    "transformers4": load_transformers4,
    "haystack": load_haystack,
    "txtai": load_txtai,
}

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))
    main()
