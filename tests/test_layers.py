"""The imports of the two packages, held to the drawing below."""

import ast
from collections.abc import Iterator, Mapping, Sequence, Set
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

import pytest
from conftest import ROOT

# Of its package, a module imports only from the lines before its own, so those of one line
# never each other. ``__init__`` is the package itself, as in ``from qa import load``. Modules
# of qa may import any module of index, but of the package ``index`` itself only cli may.
LAYERS = {
    "index": (
        "errors title",
        "records limits sentences numbers dates terms quiet threads writer_lock vector_kind",
        "filters vector_making counts hub",
        "labels",
        "nearest postings signature decoding paragraphs xml pinned",
        "page_charset extract zipped database",
        "markup apart facts stored_document",
        "note_marks",
        "html pdf docx epub tables archive web pattern front_matter",
        "choices lexical chunk articles document_table vector_cache embed fast_model",
        "fast_kept smoothing folder rows kept_words held_file",
        "read fast_export on_demand kept_labels",
        "fast_embed",
        "embedder store storing",
        "growing_words fusion",
        "writer",
        "prepare verify info in_memory export_file making remaking",
        "repair adding beside",
        "exchange reembed",
        "engine",
        "__init__",
    ),
    "qa": (
        "accounts bounds callers counters defaults disentangled embedded faults finished_sessions",
        "headers health heap hosts kind_words logins logs mcp_errors",
        "plurals rates refusals states titles",
        "accepted capitals hub_login paired_marks roles separators spacing",
        "gate login login_choice openid",
        "asked_nouns begun_logins",
        "records schema seeds settings palette scorer markdown kept_folder form_words",
        "topics",
        "questions asking_several enumerations conversation overlap windows spans metrics render",
        "published theme torch_scorer hub_page",
        "squad hub_entry casing",
        "dialogue place_link own_name asking_hint render_article render_answer bringing citation",
        "alike feedback question_file question_forms brought_name",
        "joined render_judging bulleted",
        "fast_scorer transcript kept_rows",
        "reader_model kept_file",
        "reader kept_bounds kept_visitors",
        "listed rank asked_kind mean_reading answer_file kept_conversations kept_articles",
        "kept_feedback close_up confidence several",
        "hearing kept",
        "answering entrance",
        "rounds remembered retrieval",
        "opening pipeline",
        "assistant extraction shelf",
        "evaluate session own_articles offered suggested haystack langchain",
        "render_shelf render_conversation render_kept keeping acts",
        "render_library",
        "view",
        "desk",
        "articles_desk screen",
        "kept_desk",
        "link_desk",
        "question_kinds score_curves endpoints report_figures",
        "plots api report_errors",
        "chat report_section",
        "serve",
        "__init__",
        "report terminal",
        "sources",
        "options",
        "exchange_commands",
        "index_commands feedback_command password_command export_command",
        "chat_command ask_commands batch_command evaluate_command",
        "cli",
    ),
}
MODELS = {"transformers", "sentence_transformers"}
MAY_LOAD_MODELS = {"index.embed", "index.quiet"}
NOT_IN_INDEX = {"qa", "app", "gradio"}


class Import(NamedTuple):
    """One import: of which module, and whether it stands outside every function."""

    target: str
    at_top: bool


Graph = Mapping[str, Set[Import]]


def imports_of(tree: ast.Module, modules: Set[str]) -> Iterator[Import]:
    """Every import of a module, inside functions too; ``modules`` are those we have."""
    inside = {
        node
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"a relative import in line {node.lineno}"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            targets = [name if name in modules else str(node.module) for name in names]
        else:
            continue
        for target in targets:
            yield Import(target, node not in inside)


def graph_of(sources: Mapping[str, str]) -> Graph:
    """The imports of modules, given their sources by name; a package is ``name.__init__``."""
    return {
        module: {
            found._replace(target=f"{found.target}.__init__") if found.target in LAYERS else found
            for found in imports_of(ast.parse(source), sources.keys())
        }
        for module, source in sources.items()
    }


def our_graph() -> Graph:
    files = [ROOT / "app.py", *(file for name in LAYERS for file in (ROOT / name).rglob("*.py"))]
    return graph_of(
        {
            ".".join(file.relative_to(ROOT).with_suffix("").parts): file.read_text("utf-8")
            for file in files
        }
    )


def faults(graph: Graph, layers: Mapping[str, Sequence[str]] = LAYERS) -> list[str]:
    """What in a graph of imports goes against the drawing; empty if nothing does."""
    height = {
        f"{package}.{name}": level
        for package, lines in layers.items()
        for level, line in enumerate(lines)
        for name in line.split()
    }
    found = [f"{module} is drawn but not there" for module in height.keys() - graph.keys()]
    for module, imports in graph.items():
        package = module.split(".")[0]
        if package in layers and module not in height:
            found.append(f"{module} is not in the drawing")
            continue
        for target in sorted({found.target for found in imports}):
            top = target.split(".")[0]
            upward = top == package and height.get(target, len(height)) >= height[module]
            past_the_door = target == "index.__init__" and module in height.keys() - {"qa.cli"}
            foreign = package == "index" and top in NOT_IN_INDEX
            heavy = package == "index" and top in MODELS and module not in MAY_LOAD_MODELS
            if upward or past_the_door or foreign or heavy:
                found.append(f"{module} imports {target}")
    return found + cycles(graph)


def cycles(graph: Graph) -> list[str]:
    """A cycle of imports outside functions, if there is one."""
    ours = {
        module: {found.target for found in imports if found.at_top and found.target in graph}
        for module, imports in graph.items()
    }
    try:
        TopologicalSorter(ours).prepare()
    except CycleError as error:
        return [f"{' and '.join(sorted(set(error.args[1])))} import each other"]
    return []


def test_the_imports_keep_to_the_drawing():
    assert faults(our_graph()) == []


def test_every_kind_of_import_is_seen():
    graph = our_graph()
    assert Import("index.store", at_top=True) in graph["index.engine"]  # from index import store
    assert Import("qa.serve", at_top=False) in graph["qa.chat_command"]  # inside a function
    assert Import("qa.__init__", at_top=True) in graph["app"]
    assert Import("sentence_transformers", at_top=False) in graph["index.embed"]


SMALL = {
    "index": ("low", "left right", "embed", "__init__"),
    "qa": ("one", "two", "__init__", "cli"),
}


@pytest.mark.parametrize(
    ("module", "source", "expected"),
    [
        ("index.left", "from index.low import x", []),
        ("index.left", "from index import low", []),
        ("index.embed", "def f():\n    import transformers.utils", []),
        ("qa.one", "from index.embed import x\nimport gradio", []),
        ("qa.cli", "from qa import x\nfrom index import x", []),
        ("app", "import qa, index", []),
        ("index.low", "from index.left import x", ["index.low imports index.left"]),
        ("index.low", "from index import left", ["index.low imports index.left"]),
        ("index.low", "def f():\n    import index.left", ["index.low imports index.left"]),
        ("index.left", "from index.right import x", ["index.left imports index.right"]),
        ("index.left", "from index import x", ["index.left imports index.__init__"]),
        ("index.left", "import index", ["index.left imports index.__init__"]),
        ("index.left", "from index.gone import x", ["index.left imports index.gone"]),
        ("index.low", "from qa.one import x", ["index.low imports qa.one"]),
        ("index.low", "class A:\n    import qa", ["index.low imports qa.__init__"]),
        ("index.low", "async def f():\n    import gradio", ["index.low imports gradio"]),
        ("index.low", "import transformers as t", ["index.low imports transformers"]),
        ("index.embed", "from gradio.x import y", ["index.embed imports gradio.x"]),
        ("qa.one", "from index import x", ["qa.one imports index.__init__"]),
        ("qa.two", "from qa import x", ["qa.two imports qa.__init__"]),
        ("qa.__init__", "from qa.cli import x", ["qa.__init__ imports qa.cli"]),
        ("index.new", "", ["index.new is not in the drawing"]),
    ],
)
def test_a_fault_is_found(module, source, expected):
    drawn = [f"{package}.{name}" for package in SMALL for name in " ".join(SMALL[package]).split()]
    sources = dict.fromkeys(drawn, "") | {module: source}
    assert faults(graph_of(sources), SMALL) == expected


def test_a_module_that_is_gone_is_found():
    assert faults({}, {"qa": ("one",)}) == ["qa.one is drawn but not there"]


def test_a_cycle_is_found():
    sources = {
        "a": "from b import x",
        "b": "if TYPE_CHECKING:\n    import c",
        "c": "try:\n    import a\nexcept ImportError:\n    pass",
        "d": "import a",
    }
    assert cycles(graph_of(sources)) == ["a and b and c import each other"]
    assert cycles(graph_of(sources | {"c": "def f():\n    import a"})) == []


def test_a_relative_import_is_refused():
    with pytest.raises(AssertionError, match="relative"):
        graph_of({"qa.one": "from . import two"})
