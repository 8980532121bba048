"""The report on a terminal of 80 columns."""

from collections.abc import Iterable
from datetime import UTC, datetime

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from local.metrics import Distribution
from local.report.measurements import Key, Measurements, Slice, Values
from local.report.price import Price, price_of
from mangaassist.telemetry import declared

NONE = "–"
_LATENCY = ("calls", "p50", "p99", "max")
_TOKENS = (
    declared.INPUT_TOKENS,
    declared.OUTPUT_TOKENS,
    declared.CACHE_READ_TOKENS,
    declared.CACHE_WRITE_TOKENS,
)
# Where something went wrong or nearly did: title, metric, dimensions.
_COUNTED = (
    ("fallback", declared.FALLBACKS, ("fallback",)),
    ("withheld", declared.WITHHELD, ("reason",)),
    ("breaker", declared.BREAKER_TRANSITIONS, ("model_name", "state")),
    ("hedge", declared.HEDGES, ("model_name", "winner")),
)


def report(everything: Measurements, asked: Slice) -> RenderableType:
    """Every table that has a row."""
    lately = everything.of(Slice(minutes=asked.minutes))
    chosen = lately.of(asked)
    if not chosen.samples:
        return Text("Nothing was measured of this model, intent and time.")
    tables = [
        models(chosen, asked),
        language_models(chosen),
        intents(chosen),
        speculation(chosen),
        routes(chosen),
        trouble(chosen),
    ]
    price = price_of(everything)
    return Group(head(lately), *(table for table in tables if table.rows), *([cost(price)] if price else []))


def head(lately: Measurements) -> Text:
    first, last = (datetime.fromtimestamp(at, UTC) for at in lately.span)
    turns = lately.all(declared.TURNS).count
    return Text(f"{turns} turns, {first:%Y-%m-%d %H:%M:%S} to {last:%H:%M:%S} UTC, on stand-ins: see the README")


def models(chosen: Measurements, asked: Slice) -> Table:
    """p50 and p99 by model and intent; by window of time too, where one is asked for."""
    if asked.window:
        return _windows(chosen, asked.window)
    table = _table("Models, ms", ["model", "intent"], _LATENCY)
    by_intent = chosen.by(declared.MODEL_LATENCY, "model_name", "intent")
    by_model = chosen.by(declared.MODEL_LATENCY, "model_name")
    for model in sorted({key[0] for key in (*by_intent, *by_model)}):
        for (name, intent), values in by_intent.items():
            if name == model:
                table.add_row(model, intent, *_latency(values))
        if (model,) in by_model:
            table.add_row(model, "all", *_latency(by_model[model,]), style="bold")
    return table


def _windows(chosen: Measurements, minutes: float) -> Table:
    table = _table("Models by window, ms", ["model", "intent", "from (UTC)"], _LATENCY)
    for (model, intent, start), values in chosen.by_window(
        minutes, declared.MODEL_LATENCY, "model_name", "intent"
    ).items():
        table.add_row(model, intent, f"{datetime.fromtimestamp(float(start), UTC):%m-%d %H:%M}", *_latency(values))
    return table


def language_models(chosen: Measurements) -> Table:
    table = _table(
        "Language model", ["model"], ["first token p50", "p99", "tokens in", "out", "cache read", "cache write"]
    )
    tokens = [chosen.by(name, "model_name") for name in _TOKENS]
    for key, values in chosen.by(declared.FIRST_TOKEN, "model_name").items():
        sums = (f"{_sum(counted, key):.0f}" for counted in tokens)
        table.add_row(*key, _at(values, "p50"), _at(values, "p99"), *sums)
    return table


def intents(chosen: Measurements) -> Table:
    """What was understood: each count of turns is one of those that may hint at a misunderstanding."""
    table = _table("Turns by intent", ["intent"], ["turns", "confidence p50", "follow-ups", "handed over"])
    confidence = chosen.by(declared.CONFIDENCE, "intent")
    follow_ups, handed_over = (chosen.by(name, "intent") for name in (declared.FOLLOW_UPS, declared.HANDED_OVER))
    for key, turns in chosen.by(declared.TURNS, "intent").items():
        counts = (f"{_sum(counted, key):.0f}" for counted in (follow_ups, handed_over))
        sure = f"{confidence[key].statistic('p50'):.2f}" if key in confidence else NONE
        table.add_row(*key, str(turns.count), sure, *counts)
    return table


def speculation(chosen: Measurements) -> Table:
    """What starting retrieval beside classification was worth."""
    table = _table(
        "Speculative retrieval by intent", ["intent"], ["used", "ms saved each", "discarded", "millionths of $ wasted"]
    )
    discarded, saved, wasted = (
        chosen.by(name, "intent")
        for name in (declared.SPECULATION_DISCARDED, declared.SPECULATION_SAVED, declared.SPECULATION_WASTED)
    )
    for key, used in chosen.by(declared.SPECULATION_USED, "intent").items():
        each = f"{_sum(saved, key) / used.total:.0f}" if used.total else NONE
        wasted_usd = _sum(wasted, key)
        table.add_row(*key, f"{used.total:.0f}", each, f"{_sum(discarded, key):.0f}", f"{wasted_usd * 1e6:.2f}")
    return table


def routes(chosen: Measurements) -> Table:
    numbers = ["turns", "$ a turn", "$ in all", "ms left p50", "least", "degraded"]
    table = _table("Turns by route", ["route"], numbers)
    left, degraded = (chosen.by(name, "route") for name in (declared.DEADLINE_LEFT, declared.DEGRADED))
    for key, cost_usd in chosen.by(declared.TURN_COST, "route").items():
        table.add_row(
            *key,
            str(cost_usd.count),
            f"{cost_usd.statistic('Average'):.6f}",
            f"{cost_usd.total:.4f}",
            *((_at(left[key], "p50"), _at(left[key], "Minimum")) if key in left else (NONE, NONE)),
            f"{_sum(degraded, key):.0f}",
        )
    return table


def trouble(chosen: Measurements) -> Table:
    """What failed, and what was done about it."""
    table = _table("Failures and fallbacks", ["what", "which"], ["times"])
    for (step, outcome), values in chosen.by(declared.STEP_LATENCY, "step", "outcome").items():
        if outcome != "ok":
            table.add_row("step", f"{step}: {outcome}", str(values.count))
    for title, name, dimensions in _COUNTED:
        for key, values in chosen.by(name, *dimensions).items():
            table.add_row(title, ": ".join(key), f"{values.total:.0f}")
    return table


def cost(price: Price) -> Text:
    return Text(
        f"\nIn CloudWatch: {price.series} metrics, ${price.series_usd_a_month:.2f} a month;"
        f" {price.log_bytes_a_turn / 1000:.1f} kB of logs a turn,\n"
        f"${price.log_usd_a_million_turns:.2f} a million turns. With the request as a dimension,"
        f" {price.calls_a_turn:.1f} calls a turn\nwould be as many metrics:"
        f" ${price.request_dimension_usd_a_million_turns:.0f} a million turns.",
        style="dim",
    )


def _table(title: str, texts: Iterable[str], numbers: Iterable[str]) -> Table:
    table = Table(title=f"\n{title}", title_justify="left", title_style="bold", box=None, pad_edge=False)
    for name in texts:
        table.add_column(name, no_wrap=True)
    for name in numbers:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _latency(values: Distribution) -> tuple[str, str, str, str]:
    return str(values.count), _at(values, "p50"), _at(values, "p99"), _at(values, "Maximum")


def _at(values: Distribution, statistic: str) -> str:
    return f"{values.statistic(statistic):.0f}"


def _sum(counted: Values, key: Key) -> float:
    return counted[key].total if key in counted else 0.0
