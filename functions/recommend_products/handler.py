"""Recommend products: what is recommended to this customer, else the bestsellers."""

from mangaassist.aws.catalogue import Catalogue
from mangaassist.aws.customers import Customers
from mangaassist.clock import TimeBudget
from mangaassist.contracts import Products, TurnInput
from mangaassist.policy.products import FOUND
from mangaassist.settings import settings
from mangaassist.step import step

CONSIDERED = 20


@step("recommend_products", accepts=TurnInput, services=["dynamodb"])
def handler(request: TurnInput, budget: TimeBudget) -> Products:
    ids = Customers(settings().customers_table).recommended(request.turn.customer_id, budget_ms=budget.ms)
    products = Catalogue(settings().catalogue_table).products(ids[:CONSIDERED], budget_ms=budget.ms)
    in_own_language_first = sorted(products, key=lambda product: product.language != request.turn.locale)
    return Products(products=in_own_language_first[:FOUND])
