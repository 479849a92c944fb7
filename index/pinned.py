"""Connections to addresses that were checked before, and to no others, up to a moment."""

import ssl
import time
from collections.abc import Iterable, Sequence
from typing import Any

import httpcore


class PinnedBackend(httpcore.NetworkBackend):
    """Connects to given addresses, whatever the host's name means by now.

    Args:
        addresses: of the host; the first that answers is taken, each being given its share of
            the time that is left.
        until_s: when to give up, by ``time.monotonic``.
    """

    def __init__(self, addresses: Sequence[str], *, until_s: float) -> None:
        self._addresses = addresses
        self._until_s = until_s
        self._network = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to one of the addresses."""
        del host  # it was looked up, and is not looked up again
        del timeout  # ours is for everything together
        failed: Exception = httpcore.ConnectError("no address")
        for tried, address in enumerate(self._addresses):
            try:
                stream = self._network.connect_tcp(
                    address,
                    port,
                    timeout=left_s(self._until_s) / (len(self._addresses) - tried),
                    local_address=local_address,
                    socket_options=socket_options,
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
                continue
            return TimedStream(stream, until_s=self._until_s)
        raise failed


class TimedStream(httpcore.NetworkStream):
    """A connection on which everything together takes no longer than it may.

    Args:
        stream: the connection.
        until_s: when to give up, by ``time.monotonic``.
    """

    def __init__(self, stream: httpcore.NetworkStream, *, until_s: float) -> None:
        self._stream = stream
        self._until_s = until_s

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read some bytes."""
        del timeout  # ours is for everything together
        return self._stream.read(max_bytes, timeout=left_s(self._until_s))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all bytes."""
        del timeout  # ours is for everything together
        self._stream.write(buffer, timeout=left_s(self._until_s))

    def close(self) -> None:
        """Hang up."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Go on under TLS, with a certificate for the host's name, not for its address."""
        del timeout  # ours is for everything together
        stream = self._stream.start_tls(
            ssl_context, server_hostname=server_hostname, timeout=left_s(self._until_s)
        )
        return TimedStream(stream, until_s=self._until_s)

    def get_extra_info(self, info: str) -> Any:
        """What the connection knows of itself."""
        return self._stream.get_extra_info(info)


def left_s(until_s: float) -> float:
    """The seconds left.

    Raises:
        httpcore.TimeoutException: there are none.
    """
    left = until_s - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout
    return left
