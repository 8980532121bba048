"""`python -m data`: finds nothing in data/, and what is spoilt, by file and line."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from data import counts
from data.__main__ import main
from data.checks import findings
from data.files import BESTSELLERS, CALENDAR, CUSTOMERS, DATA, FAQ, ORDERS, PAIRS, PRODUCTS, QUERIES, TRAIN, TURNS
from data.schemas import Product, RowError, read_rows


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    ignored = shutil.ignore_patterns("*.py", "__pycache__")
    return Path(shutil.copytree(DATA, tmp_path / "data", ignore=ignored))


def spoil(path: Path, line: int, change: dict[str, Any]) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[line - 1] = json.dumps({**json.loads(lines[line - 1]), **change}, ensure_ascii=False)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_given_the_data_when_checked_then_nothing_is_found() -> None:
    assert [str(one) for one in findings(DATA)] == []


def test_given_the_readme_when_compared_then_its_counts_are_those_of_today() -> None:
    assert counts.is_current(DATA / "README.md", counts.table(DATA))


def test_given_rows_that_do_not_fit_when_checked_then_their_fields_are_named(copy: Path) -> None:
    spoil(copy / PRODUCTS, 7, {"stock": -1})
    spoil(copy / ORDERS, 3, {"gift": True})
    spoil(copy / TRAIN.format("ja"), 5, {"text": " 届きません"})

    product, order, utterance = map(str, findings(copy))
    assert product == f"data/{PRODUCTS}:7: stock: Input should be greater than or equal to 0"
    assert order == f"data/{ORDERS}:3: gift: Extra inputs are not permitted"
    assert utterance.startswith(f"data/{TRAIN.format('ja')}:5: text: String should match pattern")


def test_given_rows_that_disagree_when_checked_then_each_line_is_named(copy: Path) -> None:
    spoilt: list[tuple[str, int, dict[str, Any], str]] = [
        (PRODUCTS, 4, {"series_id": "no-such-series"}, "series_id: no series no-such-series"),
        (PRODUCTS, 9, {"release_date": "2099-01-01", "stock": 3}, "stock: a paper edition not yet out is in stock"),
        (PRODUCTS, 40, {"volume": 999}, "volume: the series has 110 in this language"),
        (PRODUCTS, 43, {"release_date": "1999-01-01"}, "release_date: before that of the volume before"),
        (CUSTOMERS, 1, {"recommendations": ["frieren-14-ja"]}, "recommendations: frieren-14-ja was bought already"),
        (CUSTOMERS, 2, {"recommendations": ["no-such-book"]}, "recommendations: no-such-book cannot be bought"),
        (ORDERS, 1, {"customer_id": "cust-nobody"}, "no such product or customer: cust-nobody"),
        (ORDERS, 2, {"total": {"currency": "USD", "amount": "9"}}, "total: the customer's region pays in JPY"),
        (QUERIES, 6, {"relevant": {"no-such-passage": 3}}, "relevant: no passage no-such-passage"),
        (QUERIES, 7, {"relevant": {"shipping-alaska": 1}}, "relevant: no passage answers the query"),
        (TURNS, 3, {"intent": "nonsense"}, "intent: nonsense is not in the intents table"),
        (TURNS, 4, {"must_contain": ["Yes"], "must_not_contain": ["yes"]}, "must_contain: 'Yes' is forbidden too"),
    ]
    for file, line, change, _ in spoilt:
        spoil(copy / file, line, change)

    found = {str(one) for one in findings(copy)}
    assert {f"data/{file}:{line}: {message}" for file, line, _, message in spoilt} <= found


def test_given_a_row_that_comes_twice_when_checked_then_both_lines_are_named(copy: Path) -> None:
    lines = (copy / FAQ).read_text(encoding="utf-8").splitlines()
    (copy / FAQ).write_text("\n".join([*lines, lines[4]]) + "\n", encoding="utf-8")

    assert f"data/{FAQ}:{len(lines) + 1}: the same id as line 5" in [str(one) for one in findings(copy)]


def test_given_trained_texts_in_the_evaluation_when_checked_then_they_are_found(copy: Path) -> None:
    trained = json.loads((copy / TRAIN.format("en")).read_text(encoding="utf-8").splitlines()[0])["text"]
    for file, field in ((TURNS, "message"), (QUERIES, "query"), (PAIRS, "b")):
        spoil(copy / file, 1, {field: trained})

    assert {(one.file, one.line) for one in findings(copy)} == {(TURNS, 1), (QUERIES, 1), (PAIRS, 1)}


def test_given_a_release_on_another_day_than_the_product_when_checked_then_its_event_is_named(copy: Path) -> None:
    calendar = (copy / CALENDAR).read_bytes()
    product = calendar.partition(b"X-MANGAASSIST-PRODUCT:")[2].split(b"\r\n")[0].decode()
    number = next(n for n, line in enumerate((copy / PRODUCTS).read_text().splitlines(), 1) if f'"{product}"' in line)
    spoil(copy / PRODUCTS, number, {"release_date": "2027-12-24"})

    assert f"{product} comes out on 2027-12-24" in [one.message for one in findings(copy) if one.file == CALENDAR]


def test_given_a_calendar_that_is_none_when_checked_then_the_file_is_named(copy: Path) -> None:
    (copy / CALENDAR).write_text("BEGIN:VCALENDAR\r\nnonsense\r\n", encoding="utf-8")

    assert [(one.file, one.line) for one in findings(copy)] == [(CALENDAR, 1)]


def test_given_a_bestseller_that_is_sold_out_when_checked_then_it_is_named(copy: Path) -> None:
    (copy / BESTSELLERS).write_text('{"product_ids": ["no-such-book"]}', encoding="utf-8")

    assert [one.message for one in findings(copy)] == ["product_ids: no-such-book cannot be bought"]


def test_given_stale_counts_when_the_command_runs_then_it_fails_and_update_mends_it(
    copy: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    readme = copy / "README.md"
    counts.update(readme, "| file | rows |\n")
    monkeypatch.setattr("sys.argv", ["data", "--data", str(copy)])

    assert main() == 1
    assert "python -m data --update" in capsys.readouterr().err

    monkeypatch.setattr("sys.argv", ["data", "--data", str(copy), "--update"])
    assert main() == 0
    assert counts.is_current(readme, counts.table(DATA))


def test_given_a_spoilt_row_when_read_then_the_error_names_file_and_line(copy: Path) -> None:
    spoil(copy / PRODUCTS, 2, {"stock": "many"})

    with pytest.raises(RowError, match=r"products\.jsonl:2: stock: "):
        list(read_rows(copy / PRODUCTS, Product))
