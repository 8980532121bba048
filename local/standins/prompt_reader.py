"""The sections of the prompt: what the stand-in for the language model may speak of."""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, cast

Language = Literal["en", "ja"]
_ELEMENT = re.compile(r"<(?P<tag>[a-z_]+)(?P<attributes>(?:\s[^<>]*)?)>(?P<inside>.*?)</(?P=tag)>", re.DOTALL)
_PASSAGES = re.compile(r"<passages>.*?</passages>\s*", re.DOTALL)
_LANGUAGE = re.compile(r"<language>.*?</language>", re.DOTALL)
_ATTRIBUTE = re.compile(r'([a-z_]+)="([^"]*)"')
_JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Element:
    """A tag's attributes and what stands inside, not yet unescaped."""

    tag: str
    attributes: Mapping[str, str]
    inside: str

    @property
    def text(self) -> str:
        """What stands inside, as plain text."""
        return html.unescape(self.inside).strip()

    @property
    def fields(self) -> dict[str, str]:
        """Its children's texts by tag."""
        return {child.tag: child.text for child in elements(self.inside)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A prompt's facts. Products and recommendations are their fields by name."""

    question: str
    language: Language
    intent: str = "general"
    customer: Mapping[str, str] = field(default_factory=dict)
    products: tuple[Mapping[str, str], ...] = ()
    recommendations: tuple[Mapping[str, str], ...] = ()
    passages: tuple[tuple[str, str], ...] = ()


def elements(text: str) -> Iterator[Element]:
    """The outermost elements of a text."""
    for match in _ELEMENT.finditer(text):
        attributes = {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(match["attributes"])}
        yield Element(match["tag"], attributes, match["inside"])


def read_prompt(text: str) -> Prompt:
    """The prompt's sections; a text without any is a question alone."""
    sections = {element.tag: element for element in elements(text)}
    question = sections["question"].text if "question" in sections else text.strip()
    return Prompt(
        question=question,
        language=_language(sections.get("language"), question),
        intent=sections["intent"].text if "intent" in sections else "general",
        customer=sections["customer"].fields if "customer" in sections else {},
        products=tuple(_facts(sections.get("products"))),
        recommendations=tuple(_facts(sections.get("recommendations"))),
        passages=tuple((e.attributes.get("title", ""), e.text) for e in _children(sections.get("passages"))),
    )


def in_another_language(text: str) -> str:
    """A prompt's text that asks for the other language, and holds no passages of the first."""
    other = "en" if read_prompt(text).language == "ja" else "ja"
    asked = f"<language>{other}</language>"
    without = _PASSAGES.sub("", text)
    return _LANGUAGE.sub(asked, without) if _LANGUAGE.search(without) else f"{without}\n{asked}"


def _language(section: Element | None, question: str) -> Language:
    if section and section.text in {"en", "ja"}:
        return cast("Language", section.text)
    return "ja" if _JAPANESE.search(question) else "en"


def _children(section: Element | None) -> Iterator[Element]:
    return elements(section.inside) if section else iter(())


def _facts(section: Element | None) -> Iterator[dict[str, str]]:
    for child in _children(section):
        facts = {**child.attributes, **child.fields} or {"title": child.text}
        if "title" in facts:
            yield facts
