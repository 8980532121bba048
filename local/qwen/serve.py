"""python serve.py GGUF PORT: llama.cpp's server on loopback, until its standard input closes.

Run by the Python of .venv-qwen, which has nothing but xllamacpp.
"""

import os
import sys

CONTEXT_TOKENS = 8192


def main(weights: str, port: int) -> None:
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = weights
    parameters.port = port
    parameters.n_ctx = CONTEXT_TOKENS
    # One request at a time: the next one finds the system prompt read already.
    parameters.n_parallel = 1
    parameters.cpuparams.n_threads = os.cpu_count() or 1
    # The functions' clients give up where nothing comes for three seconds, and a long prompt is read for longer.
    parameters.sse_ping_interval = 1
    parameters.ui = False
    server = xllamacpp.Server(parameters)
    print(server.listening_address, flush=True)  # for the log
    sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
