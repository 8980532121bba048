"""The parts, in the order they are run. A further one is a module with a `measure`, and a line here."""

from bench.parts import engine
from bench.results import Part

PARTS = {part.name: part for part in (Part("engine", "The engine's overhead a turn", engine.measure),)}
