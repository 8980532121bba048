"""What expressions and paths may read while a state runs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from local.stepfunctions.json_types import JSON


@dataclass(slots=True)
class Environment:
    """The variables in scope, `$states` (JSONata) or the root `$` (JSONPath), the context object, and the time.

    `now` is in epoch milliseconds.
    """

    variables: Mapping[str, JSON]
    states: dict[str, JSON]
    root: JSON
    context: Callable[[], JSON]
    now: Callable[[], float]

    def of_result(self, result: JSON) -> "Environment":
        """The environment once there is a result: `$states.result`, or `$`."""
        return self.at({**self.states, "result": result}, result)

    def of_error(self, error_output: JSON) -> "Environment":
        """The environment of a Catch: `$states.errorOutput`, or `$`."""
        return self.at({**self.states, "errorOutput": error_output}, error_output)

    def at(self, states: dict[str, JSON], root: JSON) -> "Environment":
        """The same with another `$states` and another root."""
        return Environment(self.variables, states, root, self.context, self.now)


Template = Callable[[Environment], JSON]
"""A compiled template: its value in an environment."""


class Constant:
    """A template without expressions."""

    __slots__ = ("value",)

    def __init__(self, value: JSON) -> None:
        self.value = value

    def __call__(self, environment: Environment) -> JSON:
        """The value as it stands in the definition."""
        return self.value


def object_of(parts: Mapping[str, Template]) -> Template:
    """A template of an object, constant where all of its parts are."""
    if all(isinstance(part, Constant) for part in parts.values()):
        return Constant({key: part.value for key, part in parts.items() if isinstance(part, Constant)})
    members = tuple(parts.items())
    return lambda environment: {key: part(environment) for key, part in members}


def array_of(items: list[Template]) -> Template:
    """A template of an array, constant where all of its items are."""
    if all(isinstance(item, Constant) for item in items):
        return Constant([item.value for item in items if isinstance(item, Constant)])
    return lambda environment: [item(environment) for item in items]


def evaluated(part: Template | None, environment: Environment, default: JSON) -> JSON:
    """A template's value, or the default where the field is absent."""
    return default if part is None else part(environment)
