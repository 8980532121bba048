"""Payload templates of JSONPath: members whose names end in `.$` hold a path or an intrinsic function.

https://docs.aws.amazon.com/step-functions/latest/dg/input-output-inputpath-params.html
"""

from typing import Final

from local.stepfunctions.environment import Constant, Environment, Template, array_of, object_of
from local.stepfunctions.errors import DefinitionError, StatesRuntimeError
from local.stepfunctions.intrinsic_calls import call, is_call
from local.stepfunctions.json_types import JSON, compact
from local.stepfunctions.jsonpath import MissingPathError, Path

COMPUTED: Final = ".$"


def path_template(value: JSON, state: str, field: str) -> Template:
    """Compile a payload template."""
    if isinstance(value, dict):
        return object_of(
            {key.removesuffix(COMPUTED): _member(key, item, state, f"{field}/{key}") for key, item in value.items()}
        )
    if isinstance(value, list):
        return array_of([path_template(item, state, f"{field}[{index}]") for index, item in enumerate(value)])
    return Constant(value)


def path_or_call(value: JSON, state: str, field: str) -> Template:
    """Compile a path, or a call of an intrinsic function."""
    if not isinstance(value, str):
        raise DefinitionError("expected a path or an intrinsic function", state=state, field=field)
    return call(value, state, field) if is_call(value) else Path(value, state, field)


def _member(key: str, value: JSON, state: str, field: str) -> Template:
    if not key.endswith(COMPUTED):
        return path_template(value, state, field)
    compiled = path_or_call(value, state, field)
    return _located(compiled, key) if isinstance(compiled, Path) else compiled


def _located(path: Path, key: str) -> Template:
    """A path whose error names the member of the template."""

    def find(environment: Environment) -> JSON:
        try:
            return path.find(environment)
        except MissingPathError as missing:
            raise StatesRuntimeError(
                f"The JSONPath '{path.text}' specified for the field '{key}' could not be found in the input"
                f" '{compact(environment.root)}'"
            ) from missing

    return find
