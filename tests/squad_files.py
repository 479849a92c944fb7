"""Small files in the format of SQuAD, for the tests that read them."""

import gzip
import json

HARBOUR = "The old lighthouse of Port Ellen was built in 1832. It is 17 metres high."
KETTLE = "The Kettle Company sells a steel kettle that holds 1.7 litres of water."
MARSH = "Researchers counted 42 herons on the salt marsh in spring, more than ever before."


def row(question, *answers, impossible=None):
    fields = {"id": question, "question": question}
    fields["answers"] = [{"text": answer, "answer_start": 0} for answer in answers]
    if impossible is not None:
        fields["is_impossible"] = impossible
    return fields


def squad(*paragraphs, title="Things"):
    return {
        "version": "v2.0",
        "data": [
            {
                "title": title,
                "paragraphs": [{"context": text, "qas": rows} for text, rows in paragraphs],
            }
        ],
    }


EASY = squad(
    (
        HARBOUR,
        [
            row("When was the lighthouse of Port Ellen built?", "1832", "in 1832"),
            row("How high is the lighthouse?", "17 metres", "17"),
        ],
    ),
    (
        KETTLE,
        [
            row("How many litres of water does the kettle hold?", "1.7 litres", "1.7"),
            row("Who designed the kettle?", impossible=True),
        ],
    ),
    (MARSH, [row("How many herons did researchers count on the salt marsh?", "42")]),
)


def write(tmp_path, name, data):
    file = tmp_path / name
    text = data if isinstance(data, bytes) else json.dumps(data, ensure_ascii=False).encode()
    file.write_bytes(gzip.compress(text) if name.endswith(".gz") else text)
    return file
