"""The error tree of this package.

ModelsError
├─ WeightsError
│  ├─ WeightsMissingError
│  └─ WeightsChangedError
├─ TrainingDataError
├─ ArtefactError
└─ InvalidRequestError
"""


class ModelsError(Exception):
    """Anything this package reports on purpose; the text says what to do."""


class WeightsError(ModelsError):
    """Model weights cannot be used."""


class WeightsMissingError(WeightsError):
    """The package that carries the weights, or a file in it, is not installed."""


class WeightsChangedError(WeightsError):
    """A weight file is not the one this code was measured with."""


class TrainingDataError(ModelsError):
    """Labelled utterances that nothing can be trained on or measured with."""


class ArtefactError(ModelsError):
    """A model directory that cannot be served."""


class InvalidRequestError(ModelsError):
    """A request that the model does not accept; answered with a 4xx."""
