"""Find products: what the customer looks at, and the catalogue's products that the message names."""

from mangaassist.aws.catalogue import Catalogue
from mangaassist.aws.search import PassageIndex
from mangaassist.clock import TimeBudget
from mangaassist.contracts import Product, Products, Turn, TurnInput
from mangaassist.policy.products import FOUND, choose, mention_length
from mangaassist.settings import settings
from mangaassist.step import step

CANDIDATE_SERIES = 5


@step("find_products", accepts=TurnInput, services=["dynamodb"])
def handler(request: TurnInput, budget: TimeBudget) -> Products:
    turn = request.turn
    catalogue = Catalogue(settings().catalogue_table)
    named = _named(turn, catalogue, budget)
    viewed = catalogue.products([turn.viewing], budget_ms=budget.ms) if turn.viewing and not named else []
    return Products(products=[*viewed, *named][:FOUND])


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
