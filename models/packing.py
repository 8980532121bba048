"""Model directories as SageMaker downloads them: a model.tar.gz whose root is unpacked into the container.

https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
"""

import gzip
import io
import tarfile
from collections.abc import Mapping
from pathlib import Path


def pack(folders: Mapping[str, Path], archive: Path) -> int:
    """Write an archive with each folder under its prefix ("" for the root); its size in bytes.

    The same files give the same bytes: a deployment that changed nothing uploads nothing.
    """
    archive.parent.mkdir(parents=True, exist_ok=True)
    with (
        archive.open("wb") as file,
        gzip.GzipFile(filename="", fileobj=file, mode="wb", mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for prefix, folder in sorted(folders.items()):
            for path in sorted(path for path in folder.rglob("*") if path.is_file()):
                _add(tar, path, Path(prefix) / path.relative_to(folder))
    return archive.stat().st_size


def _add(tar: tarfile.TarFile, path: Path, name: Path) -> None:
    content = path.read_bytes()
    member = tarfile.TarInfo(name.as_posix())
    member.size, member.mode = len(content), 0o644
    tar.addfile(member, io.BytesIO(content))
