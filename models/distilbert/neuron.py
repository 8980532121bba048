"""Compile the encoder for Inferentia 2 (ml.inf2). UNPROVEN: the Neuron compiler runs on AWS's machines only.

    python -m models.distilbert.neuron --weights model.safetensors --out model.neuron.pt --tokens 64

Neuron compiles for one input shape: shorter messages are padded, which the mask undoes, and longer ones are cut.
https://awsdocs-neuron.readthedocs-hosted.com/en/latest/frameworks/torch/torch-neuronx/api-reference-guide/inference/api-torch-neuronx-trace.html
"""

import argparse
import sys
from pathlib import Path

import torch
import torch_neuronx

from models.distilbert.torch_model import float_original


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--tokens", type=int, default=64, help="the one length of input")
    parser.add_argument("--batch", type=int, default=1)
    options = parser.parse_args()
    inputs = torch.ones(options.batch, options.tokens, dtype=torch.int64)
    compiled = torch_neuronx.trace(float_original(options.weights), (inputs, inputs))
    torch.jit.save(compiled, str(options.out))
    return 0


if __name__ == "__main__":
    sys.exit(main())
