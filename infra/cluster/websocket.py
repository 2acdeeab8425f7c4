"""A WebSocket client of the fewest lines that serve a terminal: RFC 6455, text frames, nothing but Python 3."""
import base64, hashlib, os, socket, struct
from urllib.parse import urlsplit


class Refused(Exception):
    """Why there is no connection, in a sentence."""


def connect(url, protocol=None, timeout=5):
    """A socket and a stream to read frames from."""
    parts = urlsplit(url)
    if parts.scheme != "ws" or not parts.hostname:
        raise Refused(f"{url} is no ws:// address")
    try:
        sock = socket.create_connection((parts.hostname, parts.port or 80), timeout=timeout)
    except OSError as error:
        raise Refused(f"no connection to {parts.hostname}:{parts.port or 80}: {error.strerror or error}") from None
    key = base64.b64encode(os.urandom(16)).decode()
    target = (parts.path or "/") + ("?" + parts.query if parts.query else "")
    wanted = f"Sec-WebSocket-Protocol: {protocol}\r\n" if protocol else ""
    sock.sendall((f"GET {target} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                  f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n{wanted}\r\n").encode())
    stream = sock.makefile("rb")
    try:
        status = stream.readline().decode("latin-1").strip()
        headers = {}
        for line in iter(stream.readline, b"\r\n"):
            if not line:
                break
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.strip().lower()] = value.strip()
        if " 101 " not in status + " ":
            body = stream.read(int(headers.get("content-length", 0))).decode("utf-8", "replace")
            raise Refused(f"{status or 'no answer'}\n{body}".strip())
    except OSError as error:
        raise Refused(f"no answer: {error}") from None
    expected = base64.b64encode(hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest())
    if headers.get("sec-websocket-accept") != expected.decode():
        raise Refused("the answer is not a WebSocket handshake")
    sock.settimeout(None)
    return sock, stream


def send(sock, opcode, payload):
    mask = os.urandom(4)
    length = len(payload)
    if length < 126:
        head = struct.pack("!BB", 0x80 | opcode, 0x80 | length)
    elif length < 65536:
        head = struct.pack("!BBH", 0x80 | opcode, 0xFE, length)
    else:
        head = struct.pack("!BBQ", 0x80 | opcode, 0xFF, length)
    sock.sendall(head + mask + bytes(byte ^ mask[index & 3] for index, byte in enumerate(payload)))


def messages(sock, stream):
    """Every text that arrives; pings are answered. Returns the close code: 1006 when the connection just ends."""
    try:
        while True:
            opcode, payload = read_frame(stream)
            if opcode == 1:
                yield payload.decode()
            elif opcode == 9:
                send(sock, 10, payload)
            elif opcode == 8:
                code = struct.unpack("!H", payload[:2])[0] if len(payload) >= 2 else 1005
                send(sock, 8, payload[:2])
                return code, payload[2:].decode()
    except (OSError, ValueError, struct.error):
        return 1006, ""


def read_frame(stream):
    first, second = read(stream, 2)
    length = second & 0x7F
    if length == 126:
        (length,) = struct.unpack("!H", read(stream, 2))
    elif length == 127:
        (length,) = struct.unpack("!Q", read(stream, 8))
    return first & 0x0F, read(stream, length)


def read(stream, count):
    data = stream.read(count)
    if len(data) < count:
        raise ValueError("the stream ended")
    return data
