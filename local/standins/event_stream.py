"""AWS's binary event-stream encoding (application/vnd.amazon.eventstream).

A message is: total length, header length, CRC-32 of those 8 bytes, headers, payload, CRC-32 of all before; big-endian.
"""

import json
import struct
import zlib
from collections.abc import Mapping

CONTENT_TYPE = "application/vnd.amazon.eventstream"
_STRING = 7
_OVERHEAD = 16


def event(kind: str, payload: Mapping[str, object]) -> bytes:
    """One event, e.g. contentBlockDelta."""
    return _message({":event-type": kind, ":content-type": "application/json", ":message-type": "event"}, payload)


def exception(kind: str, message: str) -> bytes:
    """An exception raised in mid-stream, e.g. modelStreamErrorException."""
    headers = {":exception-type": kind, ":content-type": "application/json", ":message-type": "exception"}
    return _message(headers, {"message": message})


def corrupted(message: bytes) -> bytes:
    """The message with its checksum wrong."""
    return message[:-1] + bytes([message[-1] ^ 0xFF])


def _message(headers: Mapping[str, str], payload: Mapping[str, object]) -> bytes:
    head = b"".join(_header(name, value) for name, value in headers.items())
    body = json.dumps(payload, ensure_ascii=False).encode()
    prelude = struct.pack(">II", len(head) + len(body) + _OVERHEAD, len(head))
    message = prelude + struct.pack(">I", zlib.crc32(prelude)) + head + body
    return message + struct.pack(">I", zlib.crc32(message))


def _header(name: str, value: str) -> bytes:
    raw_name, raw = name.encode(), value.encode()
    return struct.pack(">B", len(raw_name)) + raw_name + struct.pack(">BH", _STRING, len(raw)) + raw
