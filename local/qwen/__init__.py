"""Qwen2.5-Coder-0.5B-Instruct on llama.cpp, opt-in: a real but small language model behind the Bedrock stand-in."""
