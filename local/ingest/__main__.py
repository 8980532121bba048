"""`python -m local.ingest`: load data/ into a stack's tables and indices, embedding with Titan on Bedrock.

Endpoints, region and credentials come from the environment, as for any AWS client.
"""

import argparse
from pathlib import Path

import boto3
from botocore.session import get_session
from rich.console import Console
from rich.progress import Progress, TaskID

from local.ingest.load import Destination, ingest
from local.ingest.titan_client import TitanEncoder

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """Load, with a progress bar, and say how much there was."""
    arguments = _arguments()
    aws = boto3.Session()
    destination = Destination(
        dynamodb=aws.client("dynamodb"),
        catalogue_table=arguments.catalogue_table,
        customers_table=arguments.customers_table,
        search_endpoint=arguments.search_endpoint,
        aws=get_session(),
        embedding_model=arguments.embedding_model,
        dimensions=arguments.dimensions,
    )
    encode = TitanEncoder(aws.client("bedrock-runtime"), destination.embedding_model, destination.dimensions)
    with Progress() as progress:
        counts = ingest(
            arguments.data,
            destination,
            encode,
            encoder_name=destination.embedding_model,
            cache=arguments.cache,
            report=Bars(progress),
        )
    for name, count in counts.items():
        Console().print(f"{count:>6}  {name}", highlight=False)


class Bars:
    """A progress bar for each thing that is loaded."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, what: str, done: int, total: int, /) -> None:
        if what not in self._tasks:
            self._tasks[what] = self._progress.add_task(what)
        self._progress.update(self._tasks[what], completed=done, total=total)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.ingest", description="Load data/ into a stack.")
    parser.add_argument("--catalogue-table", required=True)
    parser.add_argument("--customers-table", required=True)
    parser.add_argument("--search-endpoint", required=True, help="URL of the OpenSearch domain")
    parser.add_argument("--embedding-model", default="amazon.titan-embed-text-v2:0")
    parser.add_argument("--dimensions", type=int, default=512, choices=(256, 512, 1024))
    parser.add_argument("--data", type=Path, default=ROOT / "data")
    parser.add_argument("--cache", type=Path, default=ROOT / "build" / "vectors")
    return parser.parse_args()


if __name__ == "__main__":
    main()
