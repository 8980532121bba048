"""The parts, in the order they are run. A further one is a module with a `measure`, and a line here."""

from bench.parts import (
    artefacts,
    batching,
    cold_start,
    concurrency,
    endpoints,
    engine,
    faults,
    first_request,
    front,
    hedging,
    instances,
    overhead,
    sharing,
    soak,
    speculation,
    stack,
    store,
    surge,
)
from bench.results import Part

PARTS = {
    part.name: part
    for part in (
        Part("engine", "The engine's overhead a turn", engine.measure),
        Part("front", "StartSyncExecution from boto3", front.measure),
        Part("overhead", "A whole turn over its critical path", overhead.measure),
        Part("stack", "Callers at once within the deadline", stack.measure),
        Part("store", "The store in memory beside moto", store.measure),
        Part("concurrency", "A thousand turns at once", concurrency.measure),
        Part("speculation", "Retrieval before the intent is known", speculation.measure),
        Part("cold_start", "The functions' cold starts", cold_start.measure),
        Part("hedging", "A second call after the p95", hedging.measure),
        Part("artefacts", "The classifier's encoder in each form", artefacts.measure),
        Part("endpoints", "The model servers at their knee", endpoints.measure),
        Part("batching", "What a batch gains", batching.measure),
        Part("first_request", "The first request of a new server", first_request.measure),
        Part("sharing", "One server of both models beside two", sharing.measure),
        Part("instances", "The production system's instance table", instances.measure),
        Part("faults", "A turn for every fault of a model", faults.models, slow=True),
        Part("store_faults", "A turn for every fault of a store", faults.stores, slow=True),
        Part("fault_pairs", "A turn for every two that fail", faults.pairs, slow=True),
        Part("surge", "A release under three ways of scaling", surge.measure, slow=True),
        Part("soak", "Twenty thousand turns in one process", soak.measure, slow=True),
    )
}
