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
            pairs = list(self._pairs)
        for pair in pairs:
            _end(*pair)

    def close(self) -> None:
        _end(self._listener)
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
            with self._lock:
                self._pairs.add((client, server))
            threading.Thread(target=self._pass_on, args=(client, server, client), daemon=True).start()
            threading.Thread(target=self._pass_on, args=(server, client, client), daemon=True).start()

    def _pass_on(self, source: socket.socket, to: socket.socket, client: socket.socket) -> None:
        is_answer = to is client
        with contextlib.suppress(OSError):
            while piece := source.recv(CHUNK):
                if is_answer and self.delay:
                    time.sleep(self.delay)
                if not (is_answer and self.swallows):
                    to.sendall(piece)
        _end(source, to)
        with self._lock:
            self._pairs -= {(source, to), (to, source)}


def _end(*sockets: socket.socket) -> None:
    for each in sockets:
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()
