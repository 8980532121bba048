"""Which language model a stack has, and the time it is given."""

from pathlib import Path

import pytest

from local.__main__ import llm, main
from local.settings import StackSettings


def test_given_no_choice_then_the_composer_answers_within_the_deployed_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LLM", raising=False)

    settings = StackSettings(root=Path(), llm=llm())

    assert (settings.llm, settings.chosen, settings.stretch) == ("composer", {}, 1)


def test_given_qwen_then_the_deadline_is_longer_and_every_limit_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLM", "qwen")

    settings = StackSettings(root=Path(), llm=llm())

    assert settings.chosen == {"TurnDeadlineMs": "60000"}
    assert settings.stretch == pytest.approx(60_000 / 2_800)


def test_given_qwen_and_a_deadline_then_that_one_holds() -> None:
    settings = StackSettings(root=Path(), llm="qwen", parameters={"TurnDeadlineMs": "5600", "StageName": "mine"})

    assert settings.chosen == {"TurnDeadlineMs": "5600", "StageName": "mine"}
    assert settings.stretch == 2


def test_given_a_model_nobody_knows_then_the_stack_does_not_start(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LLM", "gpt")

    assert main(["serve"]) == 1
    assert "composer, or qwen" in capsys.readouterr().err
