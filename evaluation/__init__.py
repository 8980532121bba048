"""How good the answers' ingredients are, measured on what nothing was fitted or chosen on: `make evaluate`."""
