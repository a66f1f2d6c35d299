"""Mapping files: strict, and recognised by the header of a file."""

from pathlib import Path

import pytest

from backend.imports.errors import MappingError, UnreadableFile
from backend.imports.mapping import load_mapping, mapping_for, shipped_names
from backend.imports.plan import read_proposals

from .conftest import Write

GOOD = """
name = "a"
source = "a"
key = ["id"]
[columns]
title = "t"
[defaults]
language = "nb"
state = "published"
"""
OMASTADI = "id,round,title,texts,state,selected,link_plans,num_link_proposals,district"


def test_the_shipped_mappings_load() -> None:
    assert shipped_names() == ("omastadi", "plain")
    for name in shipped_names():
        assert load_mapping(name).name == name


def test_a_mapping_file_is_loaded_by_path(write: Write) -> None:
    mapping = load_mapping(write("a.toml", GOOD))
    assert (mapping.key, mapping.columns, mapping.format) == (("id",), {"title": "t"}, None)
    assert mapping.required_columns == ("id", "t")


def with_top(line: str) -> str:
    return GOOD.replace('source = "a"', f'source = "a"\n{line}')


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (GOOD.replace('source = "a"', ""), "source"),
        (GOOD.replace('key = ["id"]', ""), "key"),
        (GOOD.replace('key = ["id"]', 'key = "id"'), "key"),
        (GOOD.replace('title = "t"', ""), "columns.title"),
        (GOOD.replace('title = "t"', 'title = "t"\ntitel = "u"'), "columns.titel"),
        (GOOD.replace('title = "t"', "title = 1"), "columns.title"),
        (GOOD.replace('language = "nb"', ""), "defaults.language"),
        (GOOD.replace('"published"', '"answered"'), "defaults.state"),
        (GOOD.replace('"published"', '"hidden"'), "defaults.state"),
        (with_top('colour = "red"'), "colour"),
        (with_top('format = "xml"'), "format"),
        (with_top('delimiter = "::"'), "delimiter"),
        (with_top("delimiter = '\"'"), "delimiter"),
        (with_top('encoding = "utf-16"'), "encoding"),
        (with_top('timezone = "Bærum"'), "timezone"),
        (with_top('timezone = "../../etc/passwd"'), "timezone"),
        (with_top('repeats = "often"'), "repeats"),
        (with_top('own_format = "yes"'), "own_format"),
        (with_top('optional = ["nowhere"]'), "optional"),
        (with_top('optional = ["id"]'), "optional"),
        (with_top('integers = ["nowhere"]'), "integers"),
        (with_top("states = 1"), "states"),
        (GOOD + "[states]\nja = 'perfect'", "states.ja.state"),
        (GOOD + "[states]\nja = 'answered'", "states.ja.outcome"),
        (GOOD + "[states]\nja = {state='withdrawn', outcome='accepted'}", "states.ja.outcome"),
        (GOOD + "[states]\nja = {state='withdrawn', why='x'}", "states.ja.why"),
        (GOOD + "[values.place]\na = 'b'", "values.place"),
        (GOOD + "[empty]\nbody = '-'", "empty.body"),
        (GOOD + "[links]\nselected = 's'", "links.target"),
        (GOOD + "[links]\ntarget = 'p'\nselected = 's'", "links.selected_values"),
        (with_top('links_json = "l"') + "[links]\ntarget = 'p'", "links_json"),
        ("= nothing", ""),
    ],
)
def test_what_is_wrong_is_named(content: str, key: str, write: Write) -> None:
    with pytest.raises(MappingError) as caught:
        load_mapping(write("mine.toml", content))
    assert caught.value.params["file"] == "mine.toml"
    assert caught.value.params["key"] == key
    assert "mine.toml" in str(caught.value)
    assert key in str(caught.value)


def test_a_mapping_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(MappingError) as caught:
        load_mapping(tmp_path / "none.toml")
    assert caught.value.code == "mapping_missing"


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.csv", OMASTADI, ("omastadi", ",", ".")),
        ("a.csv", "\ufeff" + OMASTADI + ",more", ("omastadi", ",", ".")),
        ("a.csv", OMASTADI.replace(",", ";"), ("omastadi", ";", ",")),
        ("a.csv", "key,title", ("plain", ",", ".")),
        ("a.csv", "body;title;key", ("plain", ";", ",")),
        ("a.txt", "key\ttitle", ("plain", "\t", ".")),
        ("a.csv", "nothing we know", ("plain", ",", ".")),
        ("a.csv", "", ("plain", ",", ".")),
        ("a.jsonl", "key,title", ("plain", ",", ".")),
    ],
)
def test_a_mapping_is_recognised(
    name: str, content: str, expected: tuple[str, str, str], write: Write
) -> None:
    found = mapping_for(write(name, content + "\n"))
    assert (found.name, found.delimiter, found.decimal) == expected


def test_recognising_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile):
        mapping_for(tmp_path / "none.csv")


def test_a_list_from_a_norwegian_spreadsheet(write: Write) -> None:
    text = "key;title;lat;lon;topic\n1;Benk på Kolsås;59,91;10,50;mobilitet\n"
    path = write("a.csv", text)
    plan = read_proposals(path, mapping_for(path))
    assert plan.errors == ()
    assert (plan.proposals[0].latitude, plan.proposals[0].longitude) == (59.91, 10.5)


def test_another_encoding(write: Write) -> None:
    mapping = load_mapping(write("a.toml", with_top('encoding = "cp1252"'))).with_constants(topic="t")
    plan = read_proposals(write("a.csv", "id,t\n1,Blåbær – rødt\n".encode("cp1252")), mapping)
    assert plan.proposals[0].title == "Blåbær – rødt"
    bad = read_proposals(write("b.csv", b"id,t\n1,\x81\n"), mapping)
    assert [(error.code, error.detail) for error in bad.errors] == [("encoding", "CP1252")]


def test_only_some_things_can_be_fixed_for_every_row() -> None:
    plain = load_mapping("plain")
    changed = plain.with_constants(source="ungdom", language="nn")
    assert (changed.source, changed.defaults["language"]) == ("ungdom", "nn")
    assert "language" not in changed.columns
    with pytest.raises(MappingError) as caught:
        plain.with_constants(title="x")
    assert caught.value.params["key"] == "title"
