"""A network that misbehaves: a small TCP proxy on the loopback address that cuts, delays or swallows what passes."""

from __future__ import annotations

import contextlib
import socket
import threading
import time

CHUNK = 65_536


class Proxy:
    """Passes on what comes to `port`, to a server of this machine, until it is told to do worse."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.delay = 0.0
        """Seconds that each piece of an answer waits."""
        self.swallows = False
        """Whether answers vanish; what is asked still gets through."""
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """End every connection that there is."""
        with self._lock:
            for pair in self._pairs:
                _end(*pair)

    def close(self) -> None:
        _end(self._listener)
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self.target), timeout=5)
            except OSError:
                client.close()
                continue
            server.settimeout(None)
            threading.Thread(target=self._serve, args=(client, server), daemon=True).start()

    def _serve(self, client: socket.socket, server: socket.socket) -> None:
        with self._lock:
            self._pairs.add((client, server))
        asking = threading.Thread(target=self._pass_on, args=(client, server), daemon=True)
        asking.start()
        self._pass_on(server, client, is_answer=True)
        asking.join()
        with self._lock:
            self._pairs.discard((client, server))
            # Only now: a number that is free again may be that of another connection a moment later.
            client.close()
            server.close()

    def _pass_on(self, source: socket.socket, to: socket.socket, *, is_answer: bool = False) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(CHUNK):
                if is_answer and self.delay:
                    time.sleep(self.delay)
                if not (is_answer and self.swallows):
                    to.sendall(piece)
        _end(source, to)


def _end(*sockets: socket.socket) -> None:
    for each in sockets:
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
