"""Dynamic INT8 quantisation: weights as 8-bit integers, activations quantised as they come.

https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def quantize(floating: Path, quantized: Path) -> None:
    """Write the INT8 form of a float ONNX graph: matrix products and embedding tables, one scale a column."""
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.shape_inference import quant_pre_process

    with _without_remarks():
        prepared = floating.with_suffix(".prepared.onnx")
        quant_pre_process(floating, prepared, skip_symbolic_shape=True)
        quantize_dynamic(
            prepared,
            quantized,
            op_types_to_quantize=["MatMul", "Gather"],
            per_channel=True,
            weight_type=QuantType.QInt8,
            extra_options={"MatMulConstBOnly": True},
        )


@contextmanager
def _without_remarks() -> Iterator[None]:
    """onnxruntime tells the root logger of every tensor that it leaves as it is."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(before)
