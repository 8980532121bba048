"""What the endpoints accept and answer, as JSON."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

MAX_INPUTS = 32
MAX_PASSAGES = 64
MAX_TEXT = 4000
MAX_PASSAGE = 8000
MAX_BODY_BYTES = 2 * 1024 * 1024


def _not_blank(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("blank", "must not be blank")
    return text


Text = Annotated[str, Field(min_length=1, max_length=MAX_TEXT), AfterValidator(_not_blank)]
Passage = Annotated[str, Field(min_length=1, max_length=MAX_PASSAGE), AfterValidator(_not_blank)]


class _Contract(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class ClassifyRequest(_Contract):
    """Texts to classify, each on its own."""

    inputs: Annotated[list[Text], Field(min_length=1, max_length=MAX_INPUTS)]


class Prediction(_Contract):
    """The most probable label and the calibrated probability of every label."""

    label: str
    score: float
    scores: dict[str, float]


class ClassifyResponse(_Contract):
    """Predictions in the order of the inputs."""

    predictions: list[Prediction]


class RerankRequest(_Contract):
    """A query and the passages to score against it."""

    query: Text
    passages: Annotated[list[Passage], Field(min_length=1, max_length=MAX_PASSAGES)]


class RerankResponse(_Contract):
    """Raw logits in the order of the passages, comparable within this response only."""

    scores: list[float]


class ErrorResponse(_Contract):
    """What is wrong and what to do about it."""

    error: str


class LoadRequest(_Contract):
    """Body of `POST /models`: a name to find the model by and the folder its archive was unpacked into."""

    model_name: Annotated[str, Field(min_length=1)]
    url: Annotated[str, Field(min_length=1)]


class ModelStatus(BaseModel):
    """A loaded model, in the words of SageMaker's multi-model contract."""

    modelName: str  # noqa: N815 - the contract's spelling
    modelUrl: str  # noqa: N815 - the contract's spelling
