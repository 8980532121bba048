"""Where a deployed stack keeps its data, asked of CloudFormation."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Names:
    """Tables, the search endpoint's URL, and the embedding space of a stack."""

    catalogue_table: str
    customers_table: str
    search_endpoint: str
    embedding_model: str
    dimensions: int


def names(cloudformation: Any, stack: str) -> Names:
    """The names within a stack of the primary region, which owns the tables; raises botocore's errors."""
    (described,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in described["Outputs"]}
    parameters = {one["ParameterKey"]: one["ParameterValue"] for one in described["Parameters"]}
    return Names(
        catalogue_table=_resource(cloudformation, stack, "CatalogueTable"),
        customers_table=_resource(cloudformation, stack, "CustomersTable"),
        search_endpoint=outputs["SearchEndpointUrl"],
        embedding_model=parameters["EmbeddingModelId"],
        dimensions=int(parameters["EmbeddingDimensions"]),
    )


def _resource(cloudformation: Any, stack: str, logical_id: str) -> str:
    answer = cloudformation.describe_stack_resource(StackName=stack, LogicalResourceId=logical_id)
    return str(answer["StackResourceDetail"]["PhysicalResourceId"])
