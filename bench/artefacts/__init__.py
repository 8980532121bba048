"""The classifier's encoder in each form it can be deployed in, beside the float original."""
