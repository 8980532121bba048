"""OpenSearchError
├── ParsingError        the request holds something unknown
├── IllegalValueError   a value the index cannot take
├── IndexMissingError   no such index
└── IndexExistsError    created twice
"""

from typing import ClassVar


class OpenSearchError(Exception):
    """A refusal, with OpenSearch's type and status."""

    kind: ClassVar[str]
    status: ClassVar[int] = 400


class ParsingError(OpenSearchError):
    """The request holds a key or query this stand-in does not know."""

    kind = "parsing_exception"


class IllegalValueError(OpenSearchError):
    """A value or type the index cannot take."""

    kind = "illegal_argument_exception"


class IndexMissingError(OpenSearchError):
    """No index of this name."""

    kind = "index_not_found_exception"
    status = 404

    def __init__(self, name: str) -> None:
        super().__init__(f"no such index [{name}]")


class IndexExistsError(OpenSearchError):
    """An index of this name exists."""

    kind = "resource_already_exists_exception"

    def __init__(self, name: str) -> None:
        super().__init__(f"index [{name}] already exists")


def only_known(body: dict[str, object], known: frozenset[str], place: str) -> None:
    """Raise ParsingError naming the first key that is not known here."""
    for key in body:
        if key not in known:
            raise ParsingError(f"[{place}] unknown field [{key}] (this stand-in knows {', '.join(sorted(known))})")
