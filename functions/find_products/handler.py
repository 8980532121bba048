"""Find products: the catalogue's products that the message names, then what the customer looks at."""

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
        named = _named(turn, catalogue, budget)
    except StoreError:
        if not viewed:
            raise
        named = []
    found = {product.id: product for product in [*named, *viewed]}
    return Products(products=list(found.values())[:FOUND])


def _named(turn: Turn, catalogue: Catalogue, budget: TimeBudget) -> list[Product]:
    """The products of the series whose title the message names: the longest title, where one holds another.

    The index tells editions apart, so that prices and stock are read of the few meant: a series may have hundreds.
    """
    index = PassageIndex(settings().search_endpoint, settings().embedding_space)
    candidates = index.series_named(turn.message, size=CANDIDATE_SERIES, budget_ms=budget.ms)
    lengths = [mention_length(turn.message, match.titles.splitlines()) for match in candidates]
    if not any(lengths):
        return []
    named = candidates[lengths.index(max(lengths))]
    meant = choose(turn.message, turn.locale, named.editions)
    return catalogue.products([edition.id for edition in meant], budget_ms=budget.ms)
