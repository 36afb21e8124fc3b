"""Tables: CSV and JSON as people have them, round trips in every format, and what is refused."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suggester.errors import FileError, SuggesterError, TableError, UnknownFormat
from suggester.files.tables import read_table, write_table

DATA = Path(__file__).parents[1] / "data" / "tables"
FORMATS = [".csv", ".xlsx", ".json", ".jsonl"]


def _table(tmp_path: Path, text: str, name: str = "t.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode())
    return path


def _cells(path: Path) -> list[list[str]]:
    return [list(row.cells.values()) for row in read_table(path).rows]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_found(tmp_path: Path, separator: str) -> None:
    path = _table(tmp_path, f"a{separator}b\n1{separator}2\n")
    assert read_table(path).columns == ("a", "b")
    assert _cells(path) == [["1", "2"]]


def test_commas_within_a_quoted_header_cell_do_not_decide_the_separator(tmp_path: Path) -> None:
    path = _table(tmp_path, '"name, as in the book, or near it";definition\nTrust;x, y, z\n')
    assert read_table(path).columns == ("name, as in the book, or near it", "definition")
    assert _cells(path) == [["Trust", "x, y, z"]]


def test_a_header_cell_of_several_lines_does_not_hide_the_separator(tmp_path: Path) -> None:
    path = _table(tmp_path, '"a ""first"",\nline";b;c\n1;2;3\n')
    assert read_table(path).columns == ('a "first",\nline', "b", "c")


def test_excels_separator_line_is_obeyed_and_not_counted(tmp_path: Path) -> None:
    path = _table(tmp_path, "sep=;\r\na,x;b\r\n1;2\r\n")
    table = read_table(path)
    assert table.columns == ("a,x", "b")
    assert table.rows[0].number == 2


def test_rows_are_numbered_as_a_spreadsheet_shows_them(tmp_path: Path) -> None:
    path = _table(tmp_path, 'a,b\n"two\nlines",x\n\n ,\n"q ""in"" q",y\n')
    rows = read_table(path).rows
    assert [(row.number, row.cells["a"]) for row in rows] == [(2, "two\nlines"), (5, 'q "in" q')]


def test_a_header_after_a_byte_order_mark_is_found(tmp_path: Path) -> None:
    path = _table(tmp_path, "\ufeffname,x\na,b\n")
    assert read_table(path).column("name") == "name"


def test_columns_are_found_whatever_their_case_and_separators(tmp_path: Path) -> None:
    table = read_table(_table(tmp_path, " When_To Use ,Sub-Category\nx,y\n"))
    assert table.column("when to use") == "When_To Use"
    assert table.column("nothing", "sub category") == "Sub-Category"
    assert table.column("nothing") is None


def test_a_cell_longer_than_the_csv_modules_limit_is_read(tmp_path: Path) -> None:
    assert len(_cells(_table(tmp_path, "a\n" + "x" * 200_000 + "\n"))[0][0]) == 200_000


def test_an_unclosed_quotation_mark_names_the_row_where_it_opens(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"row 3.*not well-formed CSV.*never closed"):
        read_table(_table(tmp_path, 'a,b\n1,2\n3,"open\n5,6\n7,8\n'))


def test_too_many_cells_name_the_row(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"t\.csv, row 3: has 3 cells where the header has 2"):
        read_table(_table(tmp_path, "a,b\n1,2\n1,2,secret\n"))


def test_empty_cells_beyond_the_header_are_left_out_and_missing_ones_filled(tmp_path: Path) -> None:
    assert _cells(_table(tmp_path, "a,b,,\n1,2,,\n3\n")) == [["1", "2"], ["3", ""]]


def test_a_column_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="'Start' is there twice"):
        read_table(_table(tmp_path, "start,b,Start \n1,2,3\n"))


@pytest.mark.parametrize("text", ["", "\n\n", " , \n"])
def test_a_table_without_rows_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(FileError, match="holds no rows"):
        read_table(_table(tmp_path, text))


def test_a_required_column_that_is_missing_lists_those_there_are(tmp_path: Path) -> None:
    table = read_table(_table(tmp_path, "a,b\n1,2\n"))
    with pytest.raises(
        TableError, match=r"no column for the code; the columns are 'a', 'b'\. Name it 'code'"
    ):
        table.require("the code", "code")


def test_a_passage_in_the_place_of_the_header_is_not_printed_whole(tmp_path: Path) -> None:
    passage = "and then my sister said that she never wanted to see us again"
    table = read_table(_table(tmp_path, f"{passage}\nx\n"))
    with pytest.raises(TableError) as caught:
        table.require("the code", "code")
    assert "never wanted" not in str(caught.value)


def test_another_format_is_refused_both_ways(tmp_path: Path) -> None:
    with pytest.raises(UnknownFormat, match=r"\.ods"):
        read_table(tmp_path / "t.ods")
    with pytest.raises(UnknownFormat, match=r"Use one of \.csv"):
        write_table(tmp_path / "t.ods", ("a",), [("1",)])


@pytest.mark.parametrize("name", ["calc.xlsx", "calc_semicolon_cp1252.csv", "calc_tab_utf16.csv"])
def test_tables_made_by_libreoffice_are_read(name: str) -> None:
    table = read_table(DATA / name)
    assert table.columns == ("Transcript", "Begin", "Segment", "Code", "Coder", "Number", "Day")
    assert [row.number for row in table.rows] == [2, 3, 5]
    assert [row.cells["Segment"] for row in table.rows] == [
        "It’s £5 – “really”",
        "two\nlines; and, more",
        "=1+1 is text",
    ]
    assert [row.cells["Number"] for row in table.rows] == ["12", "3.5", "7"]
    assert [row.cells["Day"] for row in table.rows] == ["2021-11-30", "2021-12-01", ""]


@pytest.mark.parametrize("suffix", FORMATS)
def test_awkward_cells_come_back_as_they_were(tmp_path: Path, suffix: str) -> None:
    rows = [
        ["=1+1", "+44 20", "@x", "-5"],
        [" outer spaces ", "two\nlines\n", 'quote " and, comma; tab\t', "🙂 e\u0301 \u00a0"],
        ["_x0041_", "_x005F_x0041_", "control \x01\x1f", "\ufeffmark \u2028 line \x85"],
        ["007", "1.50", "TRUE", "2021-11-30"],
    ]
    path = tmp_path / f"t{suffix}"
    write_table(path, ("=a", "b", "c", "d"), rows)
    assert read_table(path).columns == ("=a", "b", "c", "d")
    assert _cells(path) == rows


@pytest.mark.parametrize("suffix", FORMATS)
def test_numbers_and_nothing_are_written_in_full(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"t{suffix}"
    write_table(path, ("a", "b", "c"), [(12, 0.1234567890123, None)])
    assert _cells(path) == [["12", "0.1234567890123", ""]]


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=30)


@pytest.mark.parametrize("suffix", FORMATS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(CELLS, CELLS), max_size=5))
def test_any_text_survives_a_round_trip(tmp_path: Path, suffix: str, rows: list[tuple[str, str]]) -> None:
    path = tmp_path / f"t{suffix}"
    # A first cell that is never empty keeps wholly empty rows out, which are dropped on purpose.
    full = [("x" + first, second) for first, second in rows]
    write_table(path, ("a", "b"), [*full, ("end", "")])
    assert _cells(path)[:-1] == [list(row) for row in full]


@pytest.mark.parametrize("suffix", [".csv", ".json", ".jsonl"])
def test_half_a_surrogate_pair_is_a_file_error_and_keeps_the_old_file(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"t{suffix}"
    path.write_text("old")
    with pytest.raises(FileError, match="surrogate"):
        write_table(path, ("a",), [("\ud83d",)])
    assert path.read_text() == "old"


def test_json_records_may_lack_keys(tmp_path: Path) -> None:
    path = _table(tmp_path, '[{"a": 1, "b": null}, {"b": 2.0, "c": true}]', "t.json")
    table = read_table(path)
    assert table.columns == ("a", "b", "c")
    assert [(row.number, *row.cells.values()) for row in table.rows] == [
        (1, "1", "", ""),
        (2, "", "2", "TRUE"),
    ]


def test_json_lines_are_numbered_by_line_and_may_hold_line_separators(tmp_path: Path) -> None:
    path = _table(tmp_path, '{"a": "x\u2028y"}\n\n{"a": "z"}\n', "t.jsonl")
    assert [(row.number, row.cells["a"]) for row in read_table(path).rows] == [(1, "x\u2028y"), (3, "z")]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[{"a": "secret"]', "is not JSON"),
        ('{"a": 1}', "not a list of records"),
        ('[{"a": 1}, 2]', "row 2: is not a record"),
        ('[{"a": [1]}]', "row 1: 'a' holds a list"),
        ('[{"a": 1, "a": 2}]', "same key twice"),
        ("[" * 100_000, "nested too deeply"),
        ("[]", "holds no rows"),
    ],
)
def test_json_that_is_no_table_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(SuggesterError, match=problem) as caught:
        read_table(_table(tmp_path, text, "t.json"))
    assert "secret" not in str(caught.value)
