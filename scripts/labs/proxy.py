"""A TCP proxy that does to a connection what bad networks do."""

import asyncio
import threading
from dataclasses import dataclass

CHUNK = 16 * 1024
TRICKLE_BYTES_MAX = 20_000

KINDS = (
    "delay", "trickle", "flip", "cut", "close", "half-close", "silence", "refuse",
)


@dataclass
class Distortion:
    """What happens to each connection that is opened while it holds.

    `silence` swallows all of one direction from a byte on: after 0 bytes, a one-way partition.
    """

    kind: str
    up: bool  # towards the hub
    after_bytes: int
    seconds: float
    struck: object  # called once for each connection that it really met


class Proxies:
    """One loop, in a thread of its own, for all proxies of the lab."""

    def __init__(self):
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def open(self, hub_port):
        proxy = Proxy(self._loop, hub_port)
        self.call(proxy.listen())
        return proxy

    def call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)


class Proxy:
    def __init__(self, loop, hub_port):
        self._loop = loop
        self._hub_port = hub_port
        self._distortion = None
        self._pairs = set()
        self._tasks = set()

    async def listen(self):
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def distort(self, distortion):
        self._distortion = distortion

    def heal(self):
        """Connections that were distorted are torn down; the next ones are sound."""
        if self._distortion:
            self._distortion = None
            self._wait(self._tear())

    def close(self):
        self._wait(self._close())

    def _wait(self, coroutine):
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    async def _close(self):
        self._server.close()
        await self._tear()

    async def _tear(self):
        for task in list(self._tasks):
            task.cancel()
        for writer in [writer for pair in self._pairs for writer in pair]:
            writer.transport.abort()

    async def _accept(self, reader, writer):
        distortion = self._distortion
        self._tasks.add(asyncio.current_task())
        pair = (writer,)
        try:
            if distortion and distortion.kind == "refuse":
                distortion.struck()
                writer.transport.abort()
                return
            try:
                hub_reader, hub_writer = await asyncio.open_connection("127.0.0.1", self._hub_port)
            except OSError:
                writer.transport.abort()
                return
            pair = (writer, hub_writer)
            self._pairs.add(pair)
            await asyncio.gather(
                _pump(reader, hub_writer, pair, distortion if distortion and distortion.up else None),
                _pump(hub_reader, writer, pair,
                      distortion if distortion and not distortion.up else None),
            )
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self._pairs.discard(pair)
            self._tasks.discard(asyncio.current_task())
            for one in pair:
                one.transport.abort()


async def _pump(reader, writer, pair, distortion):
    passed = 0
    met = False
    while data := await reader.read(CHUNK):
        if distortion and passed + len(data) > distortion.after_bytes:
            if not met:
                met = True
                distortion.struck()
            if await _distort(data, passed, writer, pair, distortion):
                return
        else:
            writer.write(data)
        passed += len(data)
        await writer.drain()
    if not writer.is_closing():
        writer.write_eof()


async def _distort(data, passed, writer, pair, distortion):
    """Passes a chunk on as the distortion wants it; true if this direction is over."""
    sound = max(0, distortion.after_bytes - passed)
    match distortion.kind:
        case "delay":
            await asyncio.sleep(distortion.seconds)
            writer.write(data)
        case "trickle":
            await _trickle(data, passed, writer, distortion)
        case "flip":
            if passed <= distortion.after_bytes:
                data = data[:sound] + bytes([data[sound] ^ 0x10]) + data[sound + 1 :]
            writer.write(data)
        case "cut" | "close":
            writer.write(data[:sound])
            await writer.drain()
            for one in pair:
                one.transport.abort() if distortion.kind == "cut" else one.close()
            return True
        case "half-close":
            writer.write(data[:sound])
            writer.write_eof()
            return True
        case "silence":
            writer.write(data[:sound])
    return False


async def _trickle(data, passed, writer, distortion):
    step = max(1, TRICKLE_BYTES_MAX // 80)
    while data and passed < distortion.after_bytes + TRICKLE_BYTES_MAX:
        writer.write(data[:step])
        await writer.drain()
        await asyncio.sleep(distortion.seconds / 40)
        passed += step
        data = data[step:]
    writer.write(data)
