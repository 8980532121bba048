"""The intent classifier: kernel heads on frozen encoders, one head a language."""
