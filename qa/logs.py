"""The server's log as JSON lines, for machines."""

import json
import logging
from datetime import UTC, datetime

PACKAGES = ("index", "qa")
# What a call's line tells beside the usual; never what was asked or answered.
DETAILS = ("endpoint", "outcome", "seconds")


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: getattr(record, name) for name in DETAILS if hasattr(record, name)}
        return json.dumps(
            line
        )  # in ASCII, so that nothing in it ends a line or fails to be written


def log_json() -> None:
    """Write what our packages log, every call too, to standard error as JSON lines."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    for package in PACKAGES:
        logger = logging.getLogger(package)
        logger.handlers = [handler]
        logger.setLevel(logging.INFO)
        logger.propagate = False
