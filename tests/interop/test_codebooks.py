"""Codebook files: the shapes people write, round trips, and errors that name the place."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suggester.domain import Code, Codebook
from suggester.errors import CodebookError, FileError, SuggesterError, UnknownFormat
from suggester.files.tables import write_table
from suggester.interop import codebook_files, read_codebook, write_codebook

FORMATS = [".csv", ".xlsx", ".json", ".yaml", ".yml"]


def _file(tmp_path: Path, name: str, text: str) -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("name,heading,definition", Code("N", heading="H", definition="D")),
        ("Sub-category,Category,Description", Code("N", heading="H", definition="D")),
        ("Code Name,Theme,Memo", Code("N", heading="H", definition="D")),
        ("tag,parent,when_to_use", Code("N", heading="H", include="D")),
        ("Code,Level,When not to use", Code("N", level="H", exclude="D")),
        ("code,other,Colour", Code("N", color="D")),
        ("code,Borderline examples,near_misses", Code("N", borderline=("H",), near_misses=("D",))),
        ("code,borderline,Not examples", Code("N", borderline=("H",), near_misses=("D",))),
        ("code,Typical examples,Near misses", Code("N", examples=("H",), near_misses=("D",))),
    ],
)
def test_columns_are_known_by_the_names_in_use(tmp_path: Path, header: str, expected: Code) -> None:
    assert read_codebook(_file(tmp_path, "c.csv", f"{header}\nN,H,D\n")).codes == (expected,)


def test_a_list_of_names_is_a_codebook(tmp_path: Path) -> None:
    book = read_codebook(_file(tmp_path, "c.csv", 'code\n Trust \n\n"Sense of\n belonging"\n'))
    assert [code.name for code in book] == ["Trust", "Sense of belonging"]


@pytest.mark.parametrize(
    ("cell", "examples"),
    [
        ("one | two |three", ("one", "two |three")),
        ("one\ntwo\n", ("one", "two")),
        ("he said | a\nb", ("he said", "a\nb")),
        ("only one", ("only one",)),
        ("", ()),
        ("a|b", ("a|b",)),
    ],
)
def test_examples_are_separated_by_bars_or_lines(
    tmp_path: Path, cell: str, examples: tuple[str, ...]
) -> None:
    write_table(tmp_path / "c.csv", ("name", "examples"), [("N", cell)])
    assert read_codebook(tmp_path / "c.csv").codes[0].examples == examples


@pytest.mark.parametrize("name", ["c.json", "c.yaml"])
@pytest.mark.parametrize(
    ("tree", "codes"),
    [
        (
            [{"name": "A", "Borderline": ["a [counts: b]"], "not_examples": "c [B] | d [C]"}],
            (Code("A", borderline=("a [counts: b]",), near_misses=("c [B]", "d [C]")),),
        ),
        (["Trust", {"name": "Role", "level": 1}], (Code("Trust"), Code("Role", level="1"))),
        ({"codes": [{"code": "Trust", "examples": "a | b"}]}, (Code("Trust", examples=("a", "b")),)),
        (
            {"headings": [{"name": "H", "codes": ["A", {"name": "B", "definition": None}]}], "codes": ["C"]},
            (Code("A", heading="H"), Code("B", heading="H"), Code("C")),
        ),
    ],
)
def test_nested_files_of_each_shape_are_read(
    tmp_path: Path, name: str, tree: object, codes: tuple[Code, ...]
) -> None:
    # JSON is YAML too.
    assert read_codebook(_file(tmp_path, name, json.dumps(tree))).codes == codes


def test_empty_lists_below_a_code_and_words_that_look_like_merging_are_read(tmp_path: Path) -> None:
    path = _file(tmp_path, "c.yaml", 'codes:\n- name: <<\n  children: []\n  tags: [a, b]\n  "<<": x\n')
    assert read_codebook(path).codes == (Code("<<"),)


def test_yaml_words_stay_words(tmp_path: Path) -> None:
    text = "codes:\n- name: No\n  level: 1.10\n  definition: 2021-11-30\n- name: 'null'\n  level: ~\n"
    assert read_codebook(_file(tmp_path, "c.yaml", text)).codes == (
        Code("No", level="1.10", definition="2021-11-30"),
        Code("null"),
    )


@pytest.mark.parametrize(
    ("tree", "place"),
    [
        ({"codes": [{"name": "A"}, {"name": " "}]}, r"codes\[1\]\.name: is empty"),
        ({"codes": [{"definition": "secret"}]}, r"codes\[0\]\.name: is empty or missing"),
        ([{"name": ["A"]}], r"codes\[0\]\.name: is not text"),
        ([["A"]], r"codes\[0\]: is not a code"),
        ([{"name": "A", "near misses": [{}]}], r"codes\[0\]\.near.misses"),
        ({"headings": [{"name": "H", "codes": [{"name": "A", "examples": ["x", {}]}]}]},
         r"headings\[0\]\.codes\[0\]\.examples\[1\]: is not text"),
        ({"headings": [{"name": "H"}]}, r"headings\[0\]: has no codes"),
        ({"headings": ["H"]}, r"headings\[0\]: is not a heading"),
        ({"headings": [{"codes": []}]}, r"headings\[0\]\.name: is empty"),
        ({"codes": {"name": "A"}}, r"codes: is not a list"),
        ({"headings": {}}, r"headings: is not a list"),
        ({"secret": 1}, "has neither 'codes' nor 'headings'"),
        ("secret", "is no codebook"),
        ({"codes": []}, "holds no codes"),
        ([{"name": "A", "children": [{"name": "B"}]}], r"codes\[0\]\.children: holds codes below"),
        ({"codes": ["A", {"name": "B", "Sub-codes": ["C"]}]}, r"codes\[1\]\.sub codes: holds codes below"),
        ([{"name": "A", "below": [{"name": "B"}]}], r"codes\[0\]\.below: holds codes below"),
        ({"headings": [{"name": "H", "codes": ["A"], "headings": [{"name": "I", "codes": ["B"]}]}]},
         r"headings\[0\]\.headings: holds codes below"),
        (["A", "B", " a"], r"codes\[0\] and codes\[2\]: the code 'a' is there twice"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["c.json", "c.yaml"])
def test_another_shape_is_an_error_that_names_the_place(
    tmp_path: Path, name: str, tree: object, place: str
) -> None:
    with pytest.raises(CodebookError, match=place) as caught:
        read_codebook(_file(tmp_path, name, json.dumps(tree)))
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: &x [lol]\ncodes: [*x, *x]", r"line 2: has an alias"),
        ("codes: [A", "line 1: is not well-formed YAML"),
        ("codes:\n\t- secret", "line 2: is not well-formed YAML"),
        ("codes: [A]\ncodes: [B]", "line 2: has the key 'codes' twice"),
        ("codes: [A]\n---\ncodes: [B]", "holds several documents"),
        ("[" * 5000, "nested too deeply"),
        ("? [a]\n: b", "key that is not text"),
        ("codes:\n- name: A\n  <<: {definition: secret}", r"line 3: has a merge key \(<<\)"),
        ("", "is no codebook"),
        ("!!python/object/apply:os.system ['true']", r"codes|twice|name"),
    ],
)
def test_dangerous_or_broken_yaml_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    path = _file(tmp_path, "c.yaml", text)
    if text.startswith("!!python"):
        # Tags build nothing: it is a list with one word in it.
        assert read_codebook(path).codes == (Code("true"),)
        return
    with pytest.raises(CodebookError, match=problem) as caught:
        read_codebook(path)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "heading,definition\nH,D\n",
            r"c\.csv, row 1: no column for the code's name; .*'heading', 'definition'",
        ),
        ("name,definition\nA,x\n,y\n", "row 3: has no name"),
        ("name\nA\nB\na \n", "rows? ?2 and row 4: the code 'a' is there twice"),
        ("name\n", "holds no codes"),
    ],
)
def test_a_table_that_is_no_codebook_names_the_row(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(CodebookError, match=problem):
        read_codebook(_file(tmp_path, "c.csv", text))


def test_broken_json_other_formats_missing_and_large_files_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(FileError, match="is not JSON"):
        read_codebook(_file(tmp_path, "c.json", '{"codes": ["A"'))
    for text in ('["A", NaN]', '[{"name": "A", "level": -Infinity}]', '["A", 1e999]'):
        with pytest.raises(FileError, match="is not usable"):
            read_codebook(_file(tmp_path, "c.json", text))
    with pytest.raises(FileError, match="cannot be read"):
        read_codebook(tmp_path / "none.csv")
    with pytest.raises(UnknownFormat, match=r"\.docx"):
        read_codebook(tmp_path / "c.docx")
    with pytest.raises(UnknownFormat, match=r"\.docx"):
        write_codebook(tmp_path / "c.docx", Codebook((Code("A"),)))
    monkeypatch.setattr(codebook_files, "_LARGEST", 10)
    with pytest.raises(FileError, match="too much for a codebook"):
        read_codebook(_file(tmp_path, "c.csv", "name\n" + "A" * 20))


def test_what_cannot_be_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CodebookError, match="is empty"):
        write_codebook(tmp_path / "c.csv", Codebook(()))
    for field in ("examples", "borderline", "near_misses"):
        barred = Codebook((replace(Code("A"), **{field: ("yes | no",)}),))
        with pytest.raises(CodebookError, match=r"the code 'A' contains ' \| '"):
            write_codebook(tmp_path / "c.csv", barred)
        write_codebook(tmp_path / "c.json", barred)
        assert read_codebook(tmp_path / "c.json") == barred


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_single_example_of_two_lines_stays_one(tmp_path: Path, suffix: str) -> None:
    book = Codebook((Code("A", examples=("they said\nyes",)), Code("B", examples=("one", "two\nlines"))))
    write_codebook(tmp_path / f"c{suffix}", book)
    assert read_codebook(tmp_path / f"c{suffix}") == book


LINES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=12)
TIDY = LINES.map(str.strip)
NAMES = LINES.map(lambda text: " ".join(text.split()))
SEVERAL = st.lists(TIDY.filter(lambda text: bool(text) and "|" not in text), max_size=3).map(tuple)
CODES = st.builds(
    Code,
    name=NAMES.filter(bool),
    heading=NAMES,
    level=NAMES,
    definition=TIDY,
    include=TIDY,
    exclude=TIDY,
    examples=SEVERAL,
    borderline=SEVERAL,
    near_misses=SEVERAL,
    color=NAMES,
)
WORDS = st.sampled_from(
    ["no", "null", "~", "1.0", "- a", "a: b", "# x", "=1+1", "2021-11-30", "'q'", "café 🙂"]
)
BOOKS = st.lists(
    st.one_of(CODES, st.builds(Code, name=WORDS, definition=WORDS, examples=st.tuples(WORDS))),
    min_size=1,
    max_size=4,
    unique_by=lambda code: " ".join(code.name.split()).casefold(),
).map(lambda codes: Codebook(tuple(codes)))


@pytest.mark.parametrize("suffix", FORMATS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(book=BOOKS)
def test_a_written_codebook_is_read_back_the_same(tmp_path: Path, suffix: str, book: Codebook) -> None:
    path = tmp_path / f"c{suffix}"
    write_codebook(path, book)
    assert read_codebook(path) == book


def test_guids_and_versions_stay_in_the_study(tmp_path: Path) -> None:
    for suffix in FORMATS:
        write_codebook(tmp_path / f"c{suffix}", Codebook((Code("A", guid="123"),), version=4))
        assert read_codebook(tmp_path / f"c{suffix}") == Codebook((Code("A"),))


def test_every_error_is_one_of_the_programs(tmp_path: Path) -> None:
    path = tmp_path / "c.xlsx"
    path.write_bytes(b"PK\x03\x04 not really")
    with pytest.raises(SuggesterError, match="cannot be read as"):
        read_codebook(path)
