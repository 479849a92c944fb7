"""The JSON Schema of an answer, which every surface keeps to."""

import json
from pathlib import Path
from typing import Any

SCHEMA_FILE = Path(__file__).parent / "answer.schema.json"


def answer_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) that ``Answer.to_dict()`` keeps to."""
    schema: dict[str, Any] = json.loads(SCHEMA_FILE.read_text("utf-8"))
    return schema
