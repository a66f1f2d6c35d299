"""Files that are broken or meant to break: errors with lines, never a crash, and sound rows still come."""

from datetime import date
from pathlib import Path

import pytest

from backend.imports.errors import MESSAGES, VALUE_SHOWN, UnreadableFile, row_error
from backend.imports.outcome import error_json
from backend.imports.plan import ImportPlan, read_proposals
from backend.imports.reader import MAX_JSON_BYTES
from backend.imports.schema import ImportMapping
from web.trial.people import synthetic_identity_number

from .conftest import Write

HEAD = b"key,title,body\n"


def codes(plan: ImportPlan) -> list[tuple[int, str]]:
    assert plan.rows_read == plan.rows_used + plan.rows_refused + plan.rows_held_back
    assert all(error.message for error in plan.errors)
    return [(error.line, error.code) for error in plan.errors]


def keys(plan: ImportPlan) -> list[str]:
    return [row.external_key for row in plan.proposals]


@pytest.mark.parametrize(
    ("content", "errors", "sound"),
    [
        (b"1,A,x\n2,B\xff,x\n3,C,x\n", [(3, "encoding")], ["1", "3"]),
        (b"1,A,x\n2,B\x00,x\n3,C,x\n", [(3, "nul")], ["1", "3"]),
        (b"1,A,x\n2,B\n3,C,x\n", [(3, "ragged")], ["1", "3"]),
        (b"1,A,x\n2,B,x,y\n3,C,x\n", [(3, "ragged")], ["1", "3"]),
        (b'1,A,x\n2,"B,x\n', [(3, "unterminated_quote")], ["1"]),
        (b'1,A,x\n2,"B"b,x\n3,C,x\n', [(3, "malformed_csv")], ["1", "3"]),
        (b'1,A,"x\n\xff\n"\n3,C,x\n', [(3, "encoding")], ["3"]),
        (b"1,A,x\r2,B,x\r", [(2, "malformed_csv")], []),
        (b"\n1,A,x\n\n\n2,B,x\n", [], ["1", "2"]),
        (b'1,A,"x\r\ny"\r\n2,B,x', [], ["1", "2"]),
    ],
)
def test_broken_csv(
    content: bytes, errors: list[tuple[int, str]], sound: list[str], write: Write, plain: ImportMapping
) -> None:
    plan = read_proposals(write("a.csv", HEAD + content), plain)
    assert codes(plan) == errors
    assert keys(plan) == sound


@pytest.mark.parametrize("quotes", [b"", b'"'])
def test_a_ten_megabyte_line_costs_one_row(quotes: bytes, write: Write, plain: ImportMapping) -> None:
    content = HEAD + b"1,A,x\n2,B," + quotes + b"x" * 10_000_000 + b"\n" + quotes + b"\n3,C,x\n"
    plan = read_proposals(write("a.csv", content), plain)
    assert codes(plan) == [(3, "line_too_long")]
    assert keys(plan) == ["1", "3"]


def test_a_quote_that_swallows_a_megabyte_is_named_and_left(write: Write, plain: ImportMapping) -> None:
    rows = b"".join(b"%d,A,x\n" % number for number in range(200_000))
    plan = read_proposals(write("a.csv", HEAD + b'q,"A,x\n' + rows), plain)
    assert codes(plan) == [(2, "unterminated_quote")]
    assert 60_000 < len(plan.proposals) < 200_000


def test_a_long_body_is_an_error_of_the_row(write: Write, plain: ImportMapping) -> None:
    plan = read_proposals(write("a.csv", HEAD + b"1,A," + b"x" * 500_000 + b"\n2,B,x\n"), plain)
    assert codes(plan) == [(2, "too_long")]
    assert len(plan.errors[0].value) == 80
    assert keys(plan) == ["2"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\xff\xfek\x00e\x00y\x00\n", "bad_header"),
        (b'"key,title\n', "bad_header"),
        (b"key,title,key\n1,2,3\n", "duplicate_columns"),
    ],
)
def test_files_without_rows_are_refused(
    content: bytes, code: str, write: Write, plain: ImportMapping
) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read_proposals(write("a.csv", content), plain)
    assert caught.value.code == code
    assert "a.csv" in str(caught.value)


def test_a_header_alone_is_an_empty_import(write: Write, plain: ImportMapping) -> None:
    plan = read_proposals(write("a.csv", HEAD), plain)
    assert (plan.rows_read, plan.proposals, plan.errors) == (0, (), ())


def test_a_byte_order_mark_is_not_part_of_the_first_column(write: Write, plain: ImportMapping) -> None:
    assert keys(read_proposals(write("a.csv", b"\xef\xbb\xbf" + HEAD + b"1,A,x\n"), plain)) == ["1"]
    jsonl = b'\xef\xbb\xbf{"key":"1","title":"A"}\n'
    assert keys(read_proposals(write("a.jsonl", jsonl), plain)) == ["1"]
    assert keys(read_proposals(write("a.json", b"\xef\xbb\xbf[" + jsonl[3:] + b"]"), plain)) == ["1"]


def test_a_wrong_delimiter_is_said_once(write: Write, plain: ImportMapping) -> None:
    plan = read_proposals(write("a.csv", "key;title;body\n1;A;x\n2;B;x\n"), plain)
    assert codes(plan) == [(1, "wrong_delimiter")]


def test_a_missing_column_is_said_once(write: Write, plain: ImportMapping) -> None:
    plan = read_proposals(write("a.csv", "key,body\n1,x\n2,x\n"), plain)
    assert [(error.code, error.column) for error in plan.errors] == [("missing_column", "title")]
    plan = read_proposals(write("a.jsonl", '{"key":1}\n{"key":2}\n'), plain)
    assert codes(plan) == [(0, "missing_column"), (1, "required"), (2, "required")]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"{", "malformed_json"),
        (b'{"key":1} {"key":2}', "malformed_json"),
        (b'{"key":NaN}', "malformed_json"),
        (b'{"key":1,"key":2}', "malformed_json"),
        (b'{"key":' + b"9" * 5000 + b"}", "malformed_json"),
        (b"[" * 100_000, "malformed_json"),
        (b"[1]", "not_an_object"),
        (b'{"key":1,"title":"\xff"}', "encoding"),
        (b'{"key":1,"title":"a\x00"}', "nul"),
        (b'{"key":1,"title":"a\\u0000"}', "bad_character"),
        (b'{"key":1,"title":"a\\ud800"}', "bad_character"),
        (b'{"key":1,"title":["a"]}', "wrong_type"),
        (b'{"key":1,"title":"' + b"x" * 10_000_000 + b'"}', "line_too_long"),
    ],
)
def test_broken_json_lines(line: bytes, code: str, write: Write, plain: ImportMapping) -> None:
    good = b'{"key":"%d","title":"A"}\n'
    plan = read_proposals(write("a.jsonl", good % 7 + b"\n" + line + b"\n" + good % 8), plain)
    assert (3, code) in codes(plan)
    assert {error.line for error in plan.errors} == {3}
    assert keys(plan) == ["7", "8"]


@pytest.mark.parametrize(
    "content",
    [
        b"[",
        b"[1,",
        b'[{"key":1,"title":"A"}',
        b"[]]",
        b'{"type":"FeatureCollection"}',
        b'{"features":[}',
        b"{1:2}",
        b'"text"',
        b"[\xff]",
        b"[" * 100_000,
        b'[{"key":1,"title":"A"} {"key":2,"title":"A"}]',
    ],
)
def test_broken_json_is_refused_as_a_whole(content: bytes, write: Write, plain: ImportMapping) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read_proposals(write("a.json", content), plain)
    assert caught.value.code == "malformed_json"


def test_json_names_the_line_of_a_bad_item(write: Write, plain: ImportMapping) -> None:
    plan = read_proposals(write("a.json", '[\n{"key":"1","title":"A"},\n\n{"key":"2"},\n3]\n'), plain)
    assert codes(plan) == [(4, "required"), (5, "not_an_object")]


def test_json_beyond_the_bound_is_sent_to_json_lines(tmp_path: Path, plain: ImportMapping) -> None:
    path = tmp_path / "a.json"
    with path.open("wb") as stream:
        stream.truncate(MAX_JSON_BYTES + 1)
    with pytest.raises(UnreadableFile, match="JSON Lines") as caught:
        read_proposals(path, plain)
    assert caught.value.code == "json_too_large"


def test_files_that_are_not_there_or_no_files(tmp_path: Path, write: Write, plain: ImportMapping) -> None:
    for path, code in (
        (tmp_path / "none.csv", "unreadable"),
        (tmp_path, "unknown_format"),
        (write("a.xlsx", "PK"), "unknown_format"),
    ):
        with pytest.raises(UnreadableFile) as caught:
            read_proposals(path, plain)
        assert caught.value.code == code


def test_a_value_is_not_cut_inside_personal_data() -> None:
    number = synthetic_identity_number(date(1984, 3, 17), 113)
    for before in range(60, 100):
        error = row_error(1, "not_a_number", value="x" * before + " " + number + " y" * 20)
        shown = error_json(error)["value"]
        assert number[:4] not in shown
        assert len(error.value) <= VALUE_SHOWN


def test_every_error_has_a_sentence_that_can_be_filled_in() -> None:
    for template in MESSAGES.values():
        assert template.format(column="a", value="b", detail="c")
