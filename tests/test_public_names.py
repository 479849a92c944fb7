"""The names that users may rely on, and how little importing the packages costs."""

import subprocess
import sys

from conftest import SEEDS

import index
import qa

HEAVY = """
    torch transformers sentence_transformers faiss gradio matplotlib
    trafilatura lxml pypdfium2 mammoth defusedxml charset_normalizer httpcore certifi
""".split()


def run(code: str) -> str:
    """What a fresh interpreter prints."""
    finished = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout.strip()


def test_names_of_qa():
    assert qa.__all__ == [
        "Answer",
        "Assistant",
        "DamagedIndexError",
        "Document",
        "Excerpt",
        "Filter",
        "Found",
        "IncompatibleIndexError",
        "InputError",
        "ModelError",
        "PullquoteError",
        "Question",
        "ReadLimits",
        "SourceError",
        "StoreError",
        "Timings",
        "Turn",
        "answer_schema",
        "extract",
        "load",
    ]


def test_names_of_index():
    assert index.__all__ == [
        "DamagedIndexError",
        "Document",
        "Filter",
        "Hit",
        "IncompatibleIndexError",
        "InputError",
        "ModelError",
        "Passage",
        "PassageIndex",
        "PullquoteError",
        "ReadLimits",
        "SourceError",
        "StoreError",
    ]


def test_errors_are_the_same_in_both_packages():
    shared = set(qa.__all__) & set(index.__all__)
    assert {"InputError", "ModelError", "SourceError", "StoreError", "Document"} <= shared
    for name in shared:
        assert getattr(qa, name) is getattr(index, name)


def test_every_name_resolves_to_a_class_or_a_function():
    # In an interpreter of its own, since here other tests have imported the submodules.
    for package in ("qa", "index"):
        code = (
            f"import inspect, {package} as package\n"
            "for name in package.__all__ * 2:\n"
            "    value = getattr(package, name)\n"
            "    assert inspect.isclass(value) or inspect.isfunction(value), (name, value)\n"
            "    assert value.__name__ == name, (name, value)\n"
            f"from {package} import *\n"
            "if package.__name__ == 'qa':\n"
            "    from qa import extract\n"
            "    assert extract is package.extract\n"
            "print(sum(name in globals() for name in package.__all__))"
        )
        assert run(code) == str(len(sys.modules[package].__all__))


def test_unknown_names_are_attribute_errors():
    for package in (qa, index):
        message = None
        try:
            package.nonesuch  # noqa: B018 - the access is what is tested
        except AttributeError as error:
            message = str(error)
        assert message == f"module {package.__name__!r} has no attribute 'nonesuch'"
        assert not hasattr(package, "__nonesuch__")


def test_importing_costs_no_heavy_library():
    code = (
        "import sys, qa, index, index.read, qa.seeds, qa.questions, qa.metrics, qa.render, qa.cli\n"
        f"print(*[name for name in {HEAVY} if name in sys.modules])"
    )
    assert run(code) == ""


def test_reading_plain_text_costs_no_heavy_library():
    code = (
        "import sys\nfrom index.read import read_sources\n"
        f"read_sources({str(SEEDS / 'belarus-pardons.txt')!r})\n"
        f"print(*[name for name in {HEAVY} if name in sys.modules])"
    )
    assert run(code) == ""


def test_index_knows_nothing_of_qa():
    code = (
        "import sys, index, index.engine, index.read\n"
        "print(*[name for name in sys.modules if name.split('.')[0] == 'qa'])"
    )
    assert run(code) == ""


def test_version():
    parts = qa.__version__.split(".")
    assert len(parts) == 3
    assert all(part.isdigit() for part in parts)
