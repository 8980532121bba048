"""The encoder as an ONNX graph: token ids in, one unit vector a text out.

https://onnx.ai/onnx/operators/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from models.distilbert.architecture import Parameters, Sizes
from onnx import TensorProto, checker, helper, numpy_helper

if TYPE_CHECKING:
    from onnx import ModelProto

OPSET: Final = 20  # the first with Gelu
IR_VERSION: Final = 9  # of onnx 1.16: every onnxruntime since 1.18 reads it
INPUTS: Final = ("input_ids", "attention_mask")
OUTPUT: Final = "sentence_embedding"
_MASKED: Final = -1e9


def encoder_graph(parameters: Parameters, sizes: Sizes) -> ModelProto:
    """int64 [batch, tokens] `input_ids` and `attention_mask` → float32 [batch, dim] `sentence_embedding`.

    The mean of the last layer over the tokens that the mask keeps, scaled to unit length, as the weights were trained.
    """
    graph = _Graph(parameters)
    hidden = _embeddings(graph, sizes)
    bias = _attention_bias(graph)
    for layer in range(sizes.n_layers):
        hidden = _transformer_block(graph, f"transformer.layer.{layer}", hidden, bias, sizes)
    _pooled(graph, hidden)
    return graph.model(sizes)


class _Graph:
    """Collects nodes and constants; every method returns the name of a value."""

    def __init__(self, parameters: Parameters) -> None:
        self._parameters = parameters
        self._nodes: list[Any] = []
        self._constants: dict[str, Any] = {}

    def add(self, operator: str, *inputs: str, output: str | None = None, **attributes: Any) -> str:
        name = output or f"{operator}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(operator, list(inputs), [name], name=name, **attributes))
        return name

    def constant(self, name: str, value: Any) -> str:
        self._constants.setdefault(name, numpy_helper.from_array(np.asarray(value), name))
        return name

    def parameter(self, name: str) -> str:
        return self.constant(name, self._parameters[name])

    def linear(self, name: str, value: str) -> str:
        """x Wᵀ + b."""
        weight = self.constant(f"{name}.weight.T", np.ascontiguousarray(self._parameters[f"{name}.weight"].T))
        return self.add("Add", self.add("MatMul", value, weight), self.parameter(f"{name}.bias"))

    def layer_norm(self, name: str, value: str, epsilon: float) -> str:
        scale, bias = self.parameter(f"{name}.weight"), self.parameter(f"{name}.bias")
        return self.add("LayerNormalization", value, scale, bias, axis=-1, epsilon=epsilon)

    def model(self, sizes: Sizes) -> ModelProto:
        shape = ["batch", "tokens"]
        inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, shape) for name in INPUTS]
        output = helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, ["batch", sizes.dim])
        graph = helper.make_graph(self._nodes, "distilbert", inputs, [output], list(self._constants.values()))
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
        checker.check_model(model)
        return model


def _embeddings(graph: _Graph, sizes: Sizes) -> str:
    words = graph.add("Gather", graph.parameter("embeddings.word_embeddings.weight"), "input_ids")
    length = graph.add("Shape", "input_ids", start=1, end=2)
    start, axis = graph.constant("zero", np.array([0])), graph.constant("first", np.array([0]))
    positions = graph.add("Slice", graph.parameter("embeddings.position_embeddings.weight"), start, length, axis)
    return graph.layer_norm("embeddings.LayerNorm", graph.add("Add", words, positions), sizes.layer_norm_eps)


def _attention_bias(graph: _Graph) -> str:
    """float32 [batch, 1, 1, tokens]: 0 where the mask keeps a token, very small elsewhere."""
    mask = graph.add("Cast", "attention_mask", to=TensorProto.FLOAT, output="mask")
    dropped = graph.add("Sub", graph.constant("one", np.float32(1)), mask)
    bias = graph.add("Mul", dropped, graph.constant("masked", np.float32(_MASKED)))
    return graph.add("Unsqueeze", bias, graph.constant("heads_and_queries", np.array([1, 2])))


def _transformer_block(graph: _Graph, name: str, hidden: str, bias: str, sizes: Sizes) -> str:
    """Self-attention and feed-forward network, each with its residual and norm after it."""
    attended = _attention(graph, f"{name}.attention", hidden, bias, sizes)
    hidden = graph.layer_norm(f"{name}.sa_layer_norm", graph.add("Add", attended, hidden), sizes.layer_norm_eps)
    inner = graph.add("Gelu", graph.linear(f"{name}.ffn.lin1", hidden))
    residual = graph.add("Add", graph.linear(f"{name}.ffn.lin2", inner), hidden)
    return graph.layer_norm(f"{name}.output_layer_norm", residual, sizes.layer_norm_eps)


def _attention(graph: _Graph, name: str, hidden: str, bias: str, sizes: Sizes) -> str:
    """softmax(Q Kᵀ / √d + bias) V, heads side by side."""
    by_head = graph.constant("by_head", np.array([0, 0, sizes.n_heads, sizes.head_dim]))
    scale = graph.constant("scale", np.float32(sizes.head_dim**-0.5))

    def heads(projection: str, order: list[int]) -> str:
        split = graph.add("Reshape", graph.linear(f"{name}.{projection}", hidden), by_head)
        return graph.add("Transpose", split, perm=order)

    queries, keys = heads("q_lin", [0, 2, 1, 3]), heads("k_lin", [0, 2, 3, 1])
    scores = graph.add("Mul", graph.add("MatMul", queries, keys), scale)
    weights = graph.add("Softmax", graph.add("Add", scores, bias), axis=-1)
    context = graph.add("Transpose", graph.add("MatMul", weights, heads("v_lin", [0, 2, 1, 3])), perm=[0, 2, 1, 3])
    joined = graph.add("Reshape", context, graph.constant("joined", np.array([0, 0, sizes.dim])))
    return graph.linear(f"{name}.out_lin", joined)


def _pooled(graph: _Graph, hidden: str) -> str:
    tokens = graph.constant("tokens", np.array([1]))
    mask = graph.add("Unsqueeze", "mask", graph.constant("features", np.array([2])))
    summed = graph.add("ReduceSum", graph.add("Mul", hidden, mask), tokens, keepdims=0)
    mean = graph.add("Div", summed, graph.add("ReduceSum", mask, tokens, keepdims=0))
    norm = graph.add("ReduceL2", mean, tokens, keepdims=1)
    return graph.add("Div", mean, norm, output=OUTPUT)
