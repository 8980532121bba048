"""The parts, in the order they are run. A further one is a module with a `measure`, and a line here."""

from bench.results import Part
from evaluation.parts import intents, retrieval

PARTS = {
    part.name: part
    for part in (
        Part("intents", "The intent classifier", intents.measure),
        Part("retrieval", "The order of retrieved passages", retrieval.measure),
    )
}
