"""Every function has events, and every event is an input that its function knows."""

import json
from pathlib import Path
from typing import Any

import pytest

from mangaassist import contracts
from mangaassist.contracts import Contract

EVENTS = Path("events")
NOT_OF_A_TURN = {"authorize_caller", "chat_turn", "plan_releases", "scale_capacity", "settle_turns"}
ACCEPTED: dict[str, type[Contract]] = {
    "open_turn": contracts.OpenTurnInput,
    "classify_intent": contracts.TurnInput,
    "retrieve_passages": contracts.TurnInput,
    "rerank_passages": contracts.RerankInput,
    "load_customer": contracts.TurnInput,
    "find_products": contracts.TurnInput,
    "recommend_products": contracts.TurnInput,
    "fill_template": contracts.ReplyInput,
    "generate_reply": contracts.ReplyInput,
    "check_reply": contracts.CheckReplyInput,
    "hand_over": contracts.HandOverInput,
    "save_turn": contracts.SaveTurnInput,
}


def test_every_function_has_an_event() -> None:
    functions = {path.parent.name for path in Path("functions").glob("*/handler.py")}

    assert functions == {folder.name for folder in EVENTS.iterdir() if folder.is_dir()} - {"chat_turn"}
    assert functions - NOT_OF_A_TURN == set(ACCEPTED)


@pytest.mark.parametrize("path", sorted(path for name in ACCEPTED for path in (EVENTS / name).glob("*.json")), ids=str)
def test_an_event_keeps_its_functions_contract(path: Path) -> None:
    event: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))

    assert ACCEPTED[path.parent.name].model_validate(event)


@pytest.mark.parametrize("path", sorted((EVENTS / "chat_turn").glob("*.json")), ids=lambda path: path.stem)
def test_a_turn_starts_with_what_the_api_hands_over(path: Path) -> None:
    assert contracts.OpenTurnInput.model_validate_json(path.read_text(encoding="utf-8"))
