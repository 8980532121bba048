"""Archives for SageMaker: complete, and the same bytes for the same files."""

import os
import tarfile
from pathlib import Path

import pytest

from models.artefacts import read_manifest
from models.packing import pack
from models.serving.servable import load_servable


def test_given_a_model_directory_when_packed_and_unpacked_then_it_is_served_the_same(
    classifier_dir: Path, tmp_path: Path
) -> None:
    size = pack({"": classifier_dir}, tmp_path / "model.tar.gz")
    assert size == (tmp_path / "model.tar.gz").stat().st_size > 0
    with tarfile.open(tmp_path / "model.tar.gz") as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    assert read_manifest(tmp_path / "unpacked") == read_manifest(classifier_dir)
    texts = ["Where is my order?", "次の巻はいつ出ますか"]
    before, after = load_servable(classifier_dir).infer(texts), load_servable(tmp_path / "unpacked").infer(texts)
    assert before == after


def test_given_the_same_files_of_another_day_then_the_bytes_are_the_same(tmp_path: Path) -> None:
    archives = []
    for day in (1, 2):
        folder = tmp_path / str(day)
        (folder / "inner").mkdir(parents=True)
        for name in ("b.bin", "a.json", "inner/c.txt"):
            (folder / name).write_text(name)
            os.utime(folder / name, (day * 86_400, day * 86_400))
        pack({"": folder, "again": folder}, tmp_path / f"{day}.tar.gz")
        archives.append((tmp_path / f"{day}.tar.gz").read_bytes())
    assert archives[0] == archives[1]


@pytest.mark.parametrize("prefix", ["", "classifier"])
def test_given_a_prefix_then_the_files_lie_under_it(tmp_path: Path, prefix: str) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "model.json").write_text("{}")
    pack({prefix: folder}, tmp_path / "model.tar.gz")
    with tarfile.open(tmp_path / "model.tar.gz") as archive:
        assert archive.getnames() == [f"{prefix}/model.json" if prefix else "model.json"]
