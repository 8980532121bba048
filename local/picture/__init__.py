"""Draws a state machine from its definition: `python -m local.picture DEFINITION PICTURE`."""

from local.picture.drawing import picture

__all__ = ["picture"]
