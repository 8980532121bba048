"""python -m capacity validate FILE... | plan | apply | quotas"""

import argparse
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from capacity.asking import ask
from capacity.errors import CapacityCommandError
from capacity.quotas import compared, demands, named, peak_turns, table
from capacity.service_quotas import account_limits, instance_types
from capacity.show import show_plan, show_quotas, show_verdicts
from capacity.validating import validated

WIDTH = 200
FUNCTION = "PLAN_RELEASES_FUNCTION"
MODELS = {"sonnet": "Anthropic Claude Sonnet 5.5", "haiku": "Anthropic Claude Haiku 5.5"}
Clients = Callable[[str], Any]


def main(arguments: list[str] | None = None, clients: Clients | None = None) -> int:
    """Run a command; 0 where all is well, 1 where something is to be mended, 2 where the command is wrong."""
    chosen = _parser().parse_args(arguments)
    try:
        # A table that is read by a program is not folded.
        console = Console(width=None if sys.stdout.isatty() else WIDTH)
        return int(chosen.run(chosen, clients or _client, console))
    except CapacityCommandError as error:
        print(f"error: {error}", file=sys.stderr)  # the command's output
        return 1


def _validate(chosen: argparse.Namespace, _: Clients, console: Console) -> bool:
    verdicts = validated(chosen.files, datetime.now(UTC))
    show_verdicts(verdicts, console)
    return any(verdict.problems for verdict in verdicts)


def _plan(chosen: argparse.Namespace, clients: Clients, console: Console) -> bool:
    show_plan(_asked(chosen, clients, dry_run=True), console)
    return False


def _apply(chosen: argparse.Namespace, clients: Clients, console: Console) -> bool:
    show_plan(ask(clients("lambda").invoke, chosen.function, dry_run=False), console)
    return False


def _quotas(chosen: argparse.Namespace, clients: Clients, console: Console) -> bool:
    plan, quotas = _asked(chosen, clients, dry_run=True), table()
    endpoints = {one["endpoint"] for one in plan["forecasts"]}
    instances = instance_types(clients, {name: plan["peaks"][name] for name in endpoints})
    wanted = named(quotas, MODELS, instances)
    limits = {} if chosen.documented else account_limits(clients, wanted)
    turns = peak_turns(plan)
    region = clients("lambda").meta.region_name
    findings = compared(wanted, demands(turns, quotas.turn), instances, limits, region)
    show_quotas(findings, turns, console)
    return any(finding.excess for finding in findings)


def _asked(chosen: argparse.Namespace, clients: Clients, *, dry_run: bool) -> dict[str, Any]:
    try:
        calendar = chosen.calendar.read_text(encoding="utf-8") if chosen.calendar else None
    except (OSError, UnicodeDecodeError) as error:
        raise CapacityCommandError(f"{chosen.calendar} cannot be read: {error}") from error
    return ask(clients("lambda").invoke, chosen.function, dry_run=dry_run, calendar=calendar)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m capacity", description=__doc__)
    commands = parser.add_subparsers(required=True)
    validate = commands.add_parser("validate", help="judge calendars, event by event, without AWS")
    validate.add_argument("files", nargs="+", type=Path)
    validate.set_defaults(run=_validate)
    for name, run, text in (
        ("plan", _plan, "what the next plan would change, and why"),
        ("apply", _apply, "plan now"),
        ("quotas", _quotas, "which quotas the forecast peak would exceed; exits with 1 where it does"),
    ):
        command = commands.add_parser(name, help=text)
        command.set_defaults(run=run)
        default = os.environ.get(FUNCTION)
        command.add_argument(
            "--function", default=default, required=default is None, help=f"the stack's plan_releases; or {FUNCTION}"
        )
        if run is not _apply:
            command.add_argument("--calendar", type=Path, help="this calendar instead of the uploaded one")
        if run is _quotas:
            command.add_argument("--documented", action="store_true", help="AWS's defaults, not the account's limits")
    return parser


def _client(service: str) -> Any:
    import boto3

    return boto3.client(service)


if __name__ == "__main__":
    sys.exit(main())
