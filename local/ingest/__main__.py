"""`python -m local.ingest`: load data/ into a stack's tables and indices, embedding with Titan on Bedrock.

Region, credentials and endpoints come from the environment, as for any AWS client. After an interruption it goes on.
"""

import argparse
import sys
from pathlib import Path

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from data.schemas import RowError
from local.ingest.deployed import Names, names
from local.ingest.load import Destination, ingest
from local.ingest.outcome import Loaded
from local.ingest.search import IngestError
from local.ingest.tables import TableNotFilledError
from local.ingest.titan_client import TitanEncoder

ROOT = Path(__file__).resolve().parents[2]
# Bedrock and DynamoDB throttle by the second: a load can wait.
PATIENT = Config(retries={"mode": "adaptive", "max_attempts": 12})


def main() -> int:
    """Load, with progress, and say what was put; 0, or 1 with what is wrong."""
    arguments = _arguments()
    try:
        loaded = _load(arguments, boto3.Session())
    except (IngestError, TableNotFilledError, RowError, BotoCoreError, ClientError, HTTPClientError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("interrupted: the same command goes on from here\n")
        return 1
    Console().print(_table(loaded))
    return 0


def _load(arguments: argparse.Namespace, session: boto3.Session) -> dict[str, Loaded]:
    to = _destination(arguments, session)
    encode = TitanEncoder(session.client("bedrock-runtime", config=PATIENT), to.embedding_model, to.dimensions)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        return ingest(
            arguments.data,
            to,
            encode,
            encoder_name=to.embedding_model,
            cache=arguments.cache,
            report=Bars(progress),
        )


def _destination(arguments: argparse.Namespace, session: boto3.Session) -> Destination:
    found = names(session.client("cloudformation"), arguments.stack) if arguments.stack else _named(arguments)
    return Destination(
        dynamodb=session.client("dynamodb", config=PATIENT),
        catalogue_table=found.catalogue_table,
        customers_table=found.customers_table,
        search_endpoint=found.search_endpoint,
        aws=session._session,  # boto3 has no other way to its credentials and region in one
        embedding_model=found.embedding_model,
        dimensions=found.dimensions,
    )


def _named(arguments: argparse.Namespace) -> Names:
    return Names(
        catalogue_table=arguments.catalogue_table,
        customers_table=arguments.customers_table,
        search_endpoint=arguments.search_endpoint,
        embedding_model=arguments.embedding_model,
        dimensions=arguments.dimensions,
    )


def _table(loaded: dict[str, Loaded]) -> Table:
    table = Table("table or index", "version", "rows", "put", "old removed")
    for name, one in loaded.items():
        table.add_row(name, one.version, str(one.rows), str(one.put), str(one.removed))
    return table


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
    parser.add_argument("--stack", help="name of a deployed stack: all names below are asked of CloudFormation")
    parser.add_argument("--catalogue-table")
    parser.add_argument("--customers-table")
    parser.add_argument("--search-endpoint", help="URL of the OpenSearch domain")
    parser.add_argument("--embedding-model", default="amazon.titan-embed-text-v2:0")
    parser.add_argument("--dimensions", type=int, default=512, choices=(256, 512, 1024))
    parser.add_argument("--data", type=Path, default=ROOT / "data")
    parser.add_argument("--cache", type=Path, default=ROOT / "build" / "vectors", help="where vectors are kept")
    arguments = parser.parse_args()
    named = (arguments.catalogue_table, arguments.customers_table, arguments.search_endpoint)
    if bool(arguments.stack) == any(named) or not (arguments.stack or all(named)):
        parser.error("give either --stack, or --catalogue-table, --customers-table and --search-endpoint")
    return arguments


if __name__ == "__main__":
    sys.exit(main())
