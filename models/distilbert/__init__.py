"""MiniLM-L6 in DistilBERT's architecture: float ONNX, INT8, TorchScript, Neuron.

`architecture` has the sizes and folds the published weights into DistilBERT's parameters, `graph` writes them as an
ONNX graph, `quantization` makes it INT8, `build` keeps the result. `torch_model` and `neuron` need PyTorch, which
nothing else does.

Architecture: Sanh et al., 2019, "DistilBERT, a distilled version of BERT", https://arxiv.org/abs/1910.01108.
Weights: Wang et al., 2020, "MiniLM", https://arxiv.org/abs/2002.10957. The result is a member of the DistilBERT
family, not distilbert-base.
"""

NAME = "minilm-l6-distilbert-int8"
