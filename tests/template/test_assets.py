"""The asset stays far below Lambda's limit of 250 MB, as every cold start unpacks it."""

import re
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

import pytest

PINS = Path("functions/requirements.txt")
BUILT = Path(".aws-sam/build")
CEILING_MB = 50
OWN_CODE_CEILING_KB = 1024


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


def pinned() -> list[str]:
    return re.findall(r"^([\w.-]+)==", PINS.read_text(encoding="utf-8"), re.MULTILINE)


def test_what_the_functions_install_stays_under_its_ceiling() -> None:
    total = 0
    for name in pinned():
        try:
            installed = files(name) or []
        except PackageNotFoundError:
            pytest.fail(f"{name} is pinned in {PINS} but not installed: make lock, then set the environment up again")
        total += sum(file.size or 0 for file in installed)

    assert total / 1e6 < CEILING_MB


def test_boto3_comes_with_lambda_and_not_with_the_asset() -> None:
    assert not {"boto3", "botocore"} & set(pinned())


def test_what_is_written_here_stays_small() -> None:
    assert size_of(Path("functions")) / 1e3 < OWN_CODE_CEILING_KB


@pytest.mark.skipif(not BUILT.exists(), reason="nothing is built: make build")
def test_the_built_asset_stays_under_its_ceiling() -> None:
    assets = [folder for folder in BUILT.iterdir() if folder.is_dir()]

    assert assets
    for asset in assets:
        assert size_of(asset) / 1e6 < CEILING_MB
