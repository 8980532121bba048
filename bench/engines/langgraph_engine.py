"""A LangGraph graph of the chat turn's shape.

A node for each Task and Pass that the longest route enters, a conditional edge for each Choice, a subgraph for the
Parallel inside of a Parallel. Runs under .venv-bench, which has LangGraph only.
"""

import asyncio
import operator
from typing import Annotated, Any, TypedDict

from langgraph.graph import END, START, StateGraph

from bench.engines.line_protocol import serve


class State(TypedDict, total=False):
    """What nodes share; branches that run at once add to the same list."""

    turn: dict[str, Any]
    understanding: dict[str, Any]
    passages: list[str]
    found: Annotated[list[str], operator.add]
    draft: dict[str, Any]
    reply: dict[str, Any]


_ANSWERS: dict[str, dict[str, Any]] = {
    "Open turn": {"turn": {"message": "Do you ship to Alaska?", "customer_id": "cust-aiko"}},
    "Classify intent": {"understanding": {"intent": "faq_policy", "route": "llm", "needs_retrieval": True}},
    "Keep retrieval": {"found": ["understanding"]},
    "Retrieve passages": {"passages": ["passage"] * 10},
    "Rerank passages": {"passages": ["passage"] * 3},
    "Join passages": {"found": ["passages"]},
    "Load customer": {"found": ["customer"]},
    "Find products": {"found": ["products"]},
    "Recommend products": {"found": ["recommendations"]},
    "Gathered": {},
    "Generate reply": {"draft": {"reply": "Yes, we ship to Alaska.", "allowed": False}},
    "Check reply": {"draft": {"reply": "Yes, we ship to Alaska.", "allowed": True}},
    "Compose reply": {"reply": {"reply": "Yes, we ship to Alaska."}},
    "Save turn": {},
}


def _node(name: str) -> Any:
    async def node(_: State) -> dict[str, Any]:
        return _ANSWERS[name]

    return node


def _understand() -> Any:
    graph = StateGraph(State)
    for name in ("Classify intent", "Keep retrieval", "Retrieve passages", "Rerank passages", "Join passages"):
        graph.add_node(name, _node(name))
    graph.add_edge(START, "Classify intent")
    graph.add_edge(START, "Retrieve passages")
    needs = {True: "Keep retrieval", False: END}
    graph.add_conditional_edges("Classify intent", lambda state: state["understanding"]["needs_retrieval"], needs)
    worth = {True: "Rerank passages", False: "Join passages"}
    graph.add_conditional_edges("Retrieve passages", lambda state: len(state["passages"]) > 1, worth)
    graph.add_edge("Rerank passages", "Join passages")
    graph.add_edge("Keep retrieval", END)
    graph.add_edge("Join passages", END)
    return graph.compile()


def _chat_turn() -> Any:
    graph = StateGraph(State)
    graph.add_node("Understand", _understand())
    for name in ("Open turn", "Load customer", "Find products", "Recommend products", "Gathered"):
        graph.add_node(name, _node(name))
    for name in ("Generate reply", "Check reply", "Compose reply", "Save turn"):
        graph.add_node(name, _node(name))
    graph.add_edge(START, "Open turn")
    graph.add_conditional_edges("Open turn", _answered_before)
    for name in ("Understand", "Load customer", "Find products", "Recommend products"):
        graph.add_edge(name, "Gathered")
    graph.add_conditional_edges("Gathered", lambda state: state["understanding"]["route"], {"llm": "Generate reply"})
    graph.add_edge("Generate reply", "Check reply")
    graph.add_conditional_edges("Check reply", lambda state: state["draft"]["allowed"], {True: "Compose reply"})
    graph.add_edge("Compose reply", "Save turn")
    graph.add_edge("Save turn", END)
    return graph.compile()


def _answered_before(state: State) -> list[str]:
    if state["turn"].get("answered"):
        return [END]
    return ["Understand", "Load customer", "Find products", "Recommend products"]


async def main() -> None:
    graph = _chat_turn()

    async def turn() -> None:
        state = await graph.ainvoke({"found": []})
        assert state["reply"]["reply"]

    await serve(turn)


if __name__ == "__main__":
    asyncio.run(main())
