"""The catalogue's products in DynamoDB."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from mangaassist.aws.tables import Item, get_items
from mangaassist.contracts import Product
from mangaassist.errors import TableError


@dataclass(frozen=True)
class Catalogue:
    table: str

    def products(self, ids: Sequence[str], *, budget_ms: int) -> list[Product]:
        """The products of these ids that exist, in the order of the ids.

        Raises TableError, TableTimeoutError.
        """
        keys = [{"product_id": product_id} for product_id in dict.fromkeys(ids)]
        found = {item["product_id"]: _product(item) for item in get_items(self.table, keys, budget_ms=budget_ms)}
        return [found[product_id] for product_id in dict.fromkeys(ids) if product_id in found]


def _product(item: Item) -> Product:
    fields = {name: value for name, value in item.items() if name != "product_id"}
    try:
        return Product.model_validate({"id": item["product_id"], **fields})
    except ValidationError as error:
        raise TableError(f"the catalogue's item {item['product_id']} is not a product") from error
