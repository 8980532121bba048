"""The error tree of this package.

ModelsError
├─ WeightsError
│  ├─ WeightsMissingError
│  └─ WeightsChangedError
├─ TrainingDataError
├─ ArtefactError
├─ InvalidRequestError
├─ OverloadedError
├─ RegistryError
│  ├─ ModelLoadedError
│  ├─ ModelUnknownError
│  └─ OutOfMemoryError
└─ BenchmarkError
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


class OverloadedError(ModelsError):
    """More items are waiting than could be answered in time; answered with 503."""


class RegistryError(ModelsError):
    """A model cannot be loaded, found or unloaded."""


class ModelLoadedError(RegistryError):
    """The name is taken by a loaded model; answered with 409."""


class ModelUnknownError(RegistryError):
    """No loaded model has that name; answered with 404."""


class OutOfMemoryError(RegistryError):
    """The model does not fit under the memory bound; answered with 507."""


class BenchmarkError(ModelsError):
    """An endpoint cannot be measured."""
