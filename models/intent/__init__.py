"""The intent classifier: linear heads on frozen encoders, one head a language."""
