"""Load customer: the profile and the orders of a signed-in customer."""

from mangaassist.aws.customers import Customers
from mangaassist.clock import TimeBudget
from mangaassist.contracts import Customer, TurnInput
from mangaassist.settings import settings
from mangaassist.step import step


@step("load_customer", accepts=TurnInput, services=["dynamodb"])
def handler(request: TurnInput, budget: TimeBudget) -> Customer:
    if request.turn.customer_id is None:
        return Customer()
    return Customers(settings().customers_table).load(request.turn.customer_id, budget_ms=budget.ms)
