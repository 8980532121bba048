"""Dynamic INT8 quantisation: weights as 8-bit integers, activations quantised as they come.

https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html
"""

from pathlib import Path


def quantize(floating: Path, quantized: Path) -> None:
    """Write the INT8 form of a float ONNX graph: matrix products and embedding tables, one scale a column."""
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.shape_inference import quant_pre_process

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
