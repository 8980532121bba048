"""python -m local serve | demo | report | environment | alarms | token CUSTOMER_ID"""

import argparse
import asyncio
import json
import logging
import os
import signal
import sys
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console

from local.errors import NotRunningError, StackError
from local.lambda_runtime import LambdaRuntimeError
from local.progress import Progress
from local.settings import DEFAULT_PORT, LanguageModelName, StackSettings
from local.template import TemplateError
from local.template.identities import Place

ROOT = Path(__file__).resolve().parent.parent
_INTERRUPTED = 130


def main(arguments: list[str] | None = None) -> int:
    """Run a command; its exit code."""
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="the local stack on 127.0.0.1 until Ctrl-C; PORT overrides 8080")
    demo = commands.add_parser("demo", help="one real turn for every route and every fallback, then stop")
    for stack in (serve, demo):
        stack.add_argument(
            "--parameter",
            action="append",
            default=[],
            type=_parameter,
            metavar="NAME=VALUE",
            help="a parameter of the template, for example EndpointTopology=shared-container",
        )
    report = commands.add_parser(
        "report", help="what the functions of the running stack, or the last one, have measured"
    )
    report.add_argument("--minutes", type=float, help="only the last so many of what was measured")
    report.add_argument("--window", type=float, metavar="MINUTES", help="the models in windows of so many minutes")
    report.add_argument("--model", help="only classifier, embedding, reranker, haiku, sonnet or guardrail")
    report.add_argument("--intent", help="only this intent")
    commands.add_parser("alarms", help="the state of the template's alarms, from the running stack")
    commands.add_parser("environment", help="what makes boto3 and the AWS CLI reach the running stack, for eval")
    token = commands.add_parser("token", help="a signed token of a customer, from the running stack")
    token.add_argument("customer_id")
    chosen = parser.parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        if chosen.command in _ASKING:
            _ASKING[chosen.command](chosen)
            return 0
        return asyncio.run(_until_stopped(chosen.command, dict(chosen.parameter)))
    except (StackError, LambdaRuntimeError, TemplateError) as error:
        print(f"error: {error}", file=sys.stderr)  # the command's output
        return 1
    except (KeyboardInterrupt, asyncio.CancelledError):
        return 0 if chosen.command == "serve" else _INTERRUPTED


def port() -> int:
    """The API's port: PORT, or 8080."""
    return int(os.environ.get("PORT") or DEFAULT_PORT)


def llm() -> LanguageModelName:
    """What answers for Claude: LLM, or the composer; raises StackError."""
    match os.environ.get("LLM") or "composer":
        case "composer" | "qwen" as name:
            return name
        case other:
            raise StackError(f"LLM={other} is unknown: it is composer, or qwen")


def mint(customer_id: str, api_port: int) -> str:
    """A customer's token, from the identity provider of the stack on this port; raises NotRunningError."""
    try:
        index = _json(f"http://127.0.0.1:{api_port}/")
        form = urllib.parse.urlencode({"customer_id": customer_id}).encode()
        return str(_json(f"{index['endpoints']['identity']}/token", form)["token"])
    except (OSError, KeyError, ValueError) as error:
        raise NotRunningError(f"no local stack on port {api_port}: start one with `make serve`") from error


def environment(api_port: int) -> str:
    """A shell's export of the endpoints of the stack on this port; raises NotRunningError."""
    try:
        endpoints = _json(f"http://127.0.0.1:{api_port}/")["endpoints"]
    except (OSError, KeyError, ValueError) as error:
        raise NotRunningError(f"no local stack on port {api_port}: start one with `make serve`") from error
    aws = {name: value for name, value in endpoints.items() if name.startswith("AWS_")}
    means_nothing = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}
    variables = {**aws, "AWS_DEFAULT_REGION": Place().region, **means_nothing}
    return "\n".join(f"export {name}={value}" for name, value in variables.items())


def show_alarms(api_port: int, console: Console) -> None:
    """Print the alarms of the stack on this port; raises NotRunningError."""
    from local.alarms.table import table

    try:
        shown = _json(f"http://127.0.0.1:{api_port}/alarms")
    except (OSError, ValueError) as error:
        raise NotRunningError(f"no local stack on port {api_port}: start one with `make serve`") from error
    console.print(table(shown))


def show_report(chosen: argparse.Namespace, console: Console) -> None:
    """Print what the functions have measured; raises NothingMeasuredError."""
    from local.report import Slice, measured, report

    asked = Slice(minutes=chosen.minutes, window=chosen.window, model_name=chosen.model, intent=chosen.intent)
    console.print(report(measured(StackSettings(root=ROOT).logs), asked), highlight=False)


# The commands that only ask: what each prints is its output.
_ASKING: Mapping[str, Callable[[argparse.Namespace], None]] = {
    "token": lambda chosen: print(mint(chosen.customer_id, port())),
    "environment": lambda _: print(environment(port())),
    "alarms": lambda _: show_alarms(port(), Console()),
    "report": lambda chosen: show_report(chosen, Console()),
}


def _json(url: str, form: bytes | None = None) -> dict[str, Any]:
    with urllib.request.urlopen(url, form, timeout=5) as answer:  # noqa: S310  # a loopback URL
        parsed: dict[str, Any] = json.load(answer)
        return parsed


def _parameter(text: str) -> tuple[str, str]:
    name, given, value = text.partition("=")
    if not (name and given):
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    return name, value


async def _until_stopped(command: str, parameters: Mapping[str, str]) -> int:
    """Run a command of the stack until it ends, or until the first Ctrl-C or SIGTERM; stopping is not interrupted."""
    _stop_once(asyncio.current_task())
    console = Console()
    settings = StackSettings(root=ROOT, port=port(), parameters=parameters, llm=llm())
    return await (_serve(settings, console) if command == "serve" else _demo(settings, console))


def _stop_once(task: "asyncio.Task[int] | None") -> None:
    assert task is not None, "run by asyncio.run"
    loop = asyncio.get_running_loop()

    def stop() -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, lambda: None)
        task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)


async def _serve(settings: StackSettings, console: Console) -> int:
    from local.stack import Stack

    async with Stack(settings, Progress(console)) as stack:
        console.print(f"\n[bold]{stack.url}[/] is ready. Ctrl-C stops it.", highlight=False)
        console.print(f"""  curl --json '{{"message":"Do you ship to Alaska?"}}' {stack.url}/chat""", highlight=False)
        await asyncio.Event().wait()
    return 0


async def _demo(settings: StackSettings, console: Console) -> int:
    from local.demo import demo

    return await demo(settings, console)


if __name__ == "__main__":
    sys.exit(main())
