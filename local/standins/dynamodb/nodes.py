"""What expressions are made of once they are parsed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Path:
    """A document path: attribute names (`#aliases` unresolved) and list indices."""

    parts: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A `:value`."""

    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments."""

    function: str
    arguments: tuple["Operand", ...]


@dataclass(frozen=True, slots=True)
class Sum:
    """`left + right` or `left - right` of an update."""

    left: "Operand"
    sign: str
    right: "Operand"


Operand = Path | Placeholder | Call | Sum


@dataclass(frozen=True, slots=True)
class Comparison:
    left: Operand
    operator: str
    right: Operand


@dataclass(frozen=True, slots=True)
class Between:
    operand: Operand
    low: Operand
    high: Operand


@dataclass(frozen=True, slots=True)
class Membership:
    """`operand IN (choices)`."""

    operand: Operand
    choices: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class Negation:
    condition: "Condition"


@dataclass(frozen=True, slots=True)
class Conjunction:
    conditions: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Disjunction:
    conditions: tuple["Condition", ...]


Condition = Comparison | Between | Membership | Negation | Conjunction | Disjunction | Call


@dataclass(frozen=True, slots=True)
class Action:
    """One action of an update's clause; `operand` is None for REMOVE."""

    clause: str
    path: Path
    operand: Operand | None
