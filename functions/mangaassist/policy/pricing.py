"""What model calls cost."""

from mangaassist.contracts import Usage
from mangaassist.tables import Prices, models

PER = 1_000_000


def prices_of(model_id: str) -> Prices:
    """The price list of a model id such as `global.anthropic.claude-sonnet-5-5`; ValueError when there is none."""
    for family, prices in models().prices.items():
        if family in model_id:
            return prices
    raise ValueError(f"tables/models.toml has no prices for {model_id}")


def cost_usd(model_id: str, usage: Usage) -> float:
    """Σ tokens × price ÷ 1,000,000 over input, output, cache reads and cache writes."""
    prices = prices_of(model_id)
    return (
        usage.input_tokens * prices.input
        + usage.output_tokens * prices.output
        + usage.cache_read_tokens * prices.cache_read
        + usage.cache_write_tokens * prices.cache_write
    ) / PER
