"""The stand-in's own wording around the facts it is given; it holds no fact about the store."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from local.standins.prompt_reader import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """Sentence frames of one language."""

    priced: str
    in_stock: str
    not_in_stock: str
    several: str
    suggested: str
    entry: str
    about: str
    found: str
    separator: str
    gap: str
    chat: str
    unknown: str
    agent: str


PHRASES: Mapping[Language, Phrases] = MappingProxyType(
    {
        "en": Phrases(
            priced="{title} is {price}.",
            in_stock="There are {stock} in stock.",
            not_in_stock="It is not in stock now; its release date is {release_date}.",
            several="We have {titles}.",
            suggested="You may like {titles}.",
            entry="{title} ({price})",
            about="{title}: {sentence}",
            found="These may be what you are looking for: {titles}.",
            separator=", ",
            gap=" ",
            chat="Thank you for chatting with me! Ask me about any manga, order or store policy.",
            unknown="I could not find that in what I know about the store.",
            agent="I can connect you to one of our agents if you like.",
        ),
        "ja": Phrases(
            priced="{title}は{price}です。",
            in_stock="在庫は{stock}点です。",
            not_in_stock="ただいま在庫がございません。発売日は{release_date}です。",
            several="{titles}がございます。",
            suggested="{titles}がおすすめです。",
            entry="{title}（{price}）",
            about="『{title}』：{sentence}",
            found="お探しの作品は{titles}ではないでしょうか。",
            separator="、",
            gap="",
            chat="お話しいただきありがとうございます！漫画やご注文、当店のご利用方法について何でもお尋ねください。",
            unknown="申し訳ございませんが、そのことは手元の情報では分かりませんでした。",
            agent="よろしければ担当者におつなぎいたします。",
        ),
    }
)
