"""The package's file: sizes, a unigram vocabulary, and tensors in float32 or in blocks of 4 bits (Q4_0).

Its layout is that of `e5.c`, which the package holds beside it. A Q4_0 block has 32 weights in 18 bytes: a float16
scale d, then 16 bytes, of which byte j holds weight j in its low and weight j + 16 in its high half, as d (q - 8).
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from models.errors import WeightsChangedError

_MAGIC: Final = b"E5S1"
_BLOCK: Final = 32
_BLOCK_BYTES: Final = 18
_FOUR_BITS: Final = 1

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Vocabulary:
    """Unigram pieces with their log probabilities, in the order of the ids that the embeddings have."""

    pieces: tuple[str, ...]
    scores: Floats


class PackedModel:
    """A packed file, mapped into memory; tensors are unpacked when they are read."""

    def __init__(self, path: Path) -> None:
        """Raises WeightsChangedError where the file has another layout."""
        self._data = np.memmap(path, dtype=np.uint8, mode="r")
        self._position = len(_MAGIC)
        if bytes(self._data[: self._position]) != _MAGIC:
            raise WeightsChangedError(f"{path} is not a packed model that this code reads")
        _version, self.dim, self.n_layers, self.n_heads, self.hidden_dim = self._read("I4i")
        self.vocab_size, self.max_positions, _types, self.layer_norm_eps, _block = self._read("3ifi")
        self.vocabulary = self._vocabulary()
        _entries, size = self._read("iI")
        self._position += size  # how single characters are normalised, which `tokenizer` says in other words
        self._tensors: Mapping[str, tuple[int, int, int]] = dict(self._entry() for _ in range(self._read("i")[0]))

    def vector(self, name: str) -> Floats:
        """float32 [n] of a tensor that is not packed."""
        _, count, offset = self._tensors[name]
        return np.frombuffer(self._data, dtype="<f4", count=count, offset=offset)

    def matrix(self, name: str, columns: int) -> Floats:
        """float32 [n, columns]."""
        kind, count, offset = self._tensors[name]
        if kind != _FOUR_BITS:
            return self.vector(name).reshape(-1, columns)
        blocks = self._data[offset : offset + count // _BLOCK * _BLOCK_BYTES].reshape(-1, _BLOCK_BYTES)
        scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
        halves = np.concatenate([blocks[:, 2:] & 0x0F, blocks[:, 2:] >> 4], axis=1)
        unpacked: Floats = (halves.astype(np.float32) - 8) * scales
        return unpacked.reshape(-1, columns)

    def _vocabulary(self) -> Vocabulary:
        count, *_special = self._read("5i")
        (size,) = self._read("Q")
        ends = self._array("<u4", count + 1)
        scores = self._array("<f4", count)
        text = bytes(self._array("u1", size))
        pieces = tuple(text[start:end].decode() for start, end in pairwise(ends))
        return Vocabulary(pieces, scores)

    def _entry(self) -> tuple[str, tuple[int, int, int]]:
        """A tensor's name; whether it is packed, how many weights it has and where it begins."""
        (length,) = self._read("H")
        name = bytes(self._array("u1", length)).decode()
        kind, count, offset, _size = self._read("BIQQ")
        return name, (kind, count, offset)

    def _read(self, layout: str) -> tuple[Any, ...]:
        return struct.unpack(f"<{layout}", self._array("u1", struct.calcsize(f"<{layout}")).tobytes())

    def _array(self, kind: str, count: int) -> NDArray[Any]:
        array = np.frombuffer(self._data, dtype=kind, count=count, offset=self._position)
        self._position += array.nbytes
        return array
