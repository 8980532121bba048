"""Find products: the catalogue's products that the message names, then what the customer looks at."""

from collections.abc import Sequence

from mangaassist.aws.catalogue import Catalogue
from mangaassist.aws.search import PassageIndex
from mangaassist.clock import TimeBudget
from mangaassist.contracts import Product, Products, Turn, TurnInput
from mangaassist.errors import StoreError
from mangaassist.policy.products import FOUND, choose, mention_length
from mangaassist.settings import settings
from mangaassist.step import step

CANDIDATE_SERIES = 5


@step("find_products", accepts=TurnInput, services=["dynamodb"])
def handler(request: TurnInput, budget: TimeBudget) -> Products:
    turn = request.turn
    catalogue = Catalogue(settings().catalogue_table)
    viewed = catalogue.products([turn.viewing], budget_ms=budget.ms) if turn.viewing else []
    try:
        named = _named(turn, _naming_texts(turn), catalogue, budget)
    except StoreError:
        if not viewed:
            raise
        named = []
    found = {product.id: product for product in [*named, *viewed]}
    return Products(products=list(found.values())[:FOUND])


def _naming_texts(turn: Turn) -> list[str]:
    """Where a title may stand: "How much is volume 3?" goes on about what was said last, if nothing is in view."""
    if turn.viewing or not turn.history:
        return [turn.message]
    return [turn.message, turn.history[-1].message, turn.history[-1].reply]


def _named(turn: Turn, texts: Sequence[str], catalogue: Catalogue, budget: TimeBudget) -> list[Product]:
    """The products that the message means of the series which the first text to name one names.

    The longest of several titles counts. The index tells editions apart, so that prices and stock are read of the few
    meant: a series may have hundreds.
    """
    index = PassageIndex(settings().search_endpoint, settings().embedding_space)
    for text in texts:
        candidates = index.series_named(text, size=CANDIDATE_SERIES, budget_ms=budget.ms, trace_id=turn.trace_id)
        lengths = [mention_length(text, match.titles.splitlines()) for match in candidates]
        if any(lengths):
            named = candidates[lengths.index(max(lengths))]
            meant = choose(turn.message, turn.locale, named.editions)
            return catalogue.products([edition.id for edition in meant], budget_ms=budget.ms)
    return []
