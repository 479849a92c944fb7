"""What Gradio's queue keeps of sessions whose calls are done, dropped."""

from collections import OrderedDict
from typing import Any

# Of the last ones the streams may not have closed yet.
LEFT_ALONE = 100


class FinishedSessions:
    """Lets the queue forget sessions to which everything was delivered.

    Every call by HTTP or MCP is a session of its own to Gradio, and so is every page. Of each its
    queue keeps the names of what is to be delivered, for ever though there are none, and an empty
    box for messages, of 8 kB, two thousand times. What it lacks it makes anew.

    Args:
        queue: Gradio's.
    """

    def __init__(self, queue: Any) -> None:
        self._queue = queue
        self._names: OrderedDict[str, None] = OrderedDict()  # those last called longest ago first

    def note(self, name: str) -> None:
        """Note that a call of this session is done, and forget those that were before it.

        Args:
            name: the session's.
        """
        self._names[name] = None
        self._names.move_to_end(name)
        undelivered = []
        while len(self._names) > LEFT_ALONE:
            oldest, _ = self._names.popitem(last=False)
            if not self._forgets(oldest):
                undelivered.append(oldest)
        for one in undelivered:
            self._names[one] = None
            self._names.move_to_end(one, last=False)

    def _forgets(self, name: str) -> bool:
        """Forget a session, unless something waits for it; whether it is forgotten."""
        ids = self._queue.pending_event_ids_session
        messages = self._queue.pending_messages_per_session
        if ids.get(name) and name in messages:  # which Gradio drops where there are too many
            return False
        ids.pop(name, None)
        messages.pop(name, None)
        return True
