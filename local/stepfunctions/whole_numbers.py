"""Fields that hold a whole number."""

from dataclasses import dataclass

from local.stepfunctions.environment import Environment
from local.stepfunctions.json_types import JSON, compact
from local.stepfunctions.source import Scalar, Source


@dataclass(frozen=True, slots=True)
class WholeNumber:
    """A field whose value is a whole number from `least` to `most`."""

    field: Scalar
    least: int
    most: int
    constant: int | None = None

    @classmethod
    def compile(cls, source: Source, name: str, *, least: int, most: int) -> "WholeNumber | None":
        """Compile a field or its `...Path` twin; a number that is written out is checked at once."""
        field = source.scalar(name, "number")
        if field is None:
            return None
        if not isinstance(field.text, int | float):
            return cls(field, least, most)
        if not is_whole(field.text) or not least <= field.text <= most:
            raise source.refused(name, f"expected a whole number from {least} to {most}")
        return cls(field, least, most, int(field.text))

    def __call__(self, environment: Environment) -> int:
        """The value; raises a StateError where it is something else."""
        if self.constant is not None:
            return self.constant
        value, name = self.field(environment), self.field.name.removesuffix("Path")
        if not is_whole(value):
            shown = value if isinstance(value, str) else compact(value)
            raise self.field.failure(
                f'The {self.field.name} field refers to value "{shown}" which is not a valid integer: {self.field.text}'
            )
        if value < 0:
            raise self.field.failure(f"{name} cannot be negative.")
        if not self.least <= value <= self.most:
            raise self.field.failure(f"{name} must be from {self.least} to {self.most}, but was {value}.")
        return int(value)


def is_whole(value: JSON) -> bool:
    """Whether a value is a number without a fraction."""
    return value.is_integer() if isinstance(value, float) else isinstance(value, int) and not isinstance(value, bool)
