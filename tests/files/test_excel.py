"""Excel files: damaged, locked, oversized and oddly written ones."""

import gc
import io
import sys
import tracemalloc
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from suggester.errors import FileError, TableError
from suggester.files import archives, excel
from suggester.files.tables import read_table, write_table

DATA = Path(__file__).parents[1] / "data" / "tables"


def _saved(path: Path, rows: list[list[object]]) -> Path:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def _replaced_part(source: Path, target: Path, part: str, old: bytes, new: bytes) -> Path:
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(target, "w") as after:
        for name in before.namelist():
            data = before.read(name)
            if name == part:
                assert old in data
                data = data.replace(old, new)
            after.writestr(name, data)
    return target


def test_values_are_given_as_a_researcher_sees_them(tmp_path: Path) -> None:
    path = _saved(
        tmp_path / "t.xlsx",
        [["a", "b", "c", "d", "e"], [3, 2.5, True, date(2021, 11, 30), datetime(2021, 11, 30, 9, 5)]],
    )
    assert list(read_table(path).rows[0].cells.values()) == [
        "3",
        "2.5",
        "TRUE",
        "2021-11-30",
        "2021-11-30 09:05:00",
    ]


def test_rows_left_out_of_the_file_still_count(tmp_path: Path) -> None:
    path = _saved(tmp_path / "t.xlsx", [["a"], ["x"], [], [], ["y"]])
    assert [row.number for row in read_table(path).rows] == [2, 5]


def test_a_wrong_size_in_the_sheet_does_not_cut_the_table(tmp_path: Path) -> None:
    path = _saved(tmp_path / "t.xlsx", [["a", "b"], ["1", "2"]])
    wrong = _replaced_part(
        path, tmp_path / "wrong.xlsx", "xl/worksheets/sheet1.xml", b'ref="A1:B2"', b'ref="A1"'
    )
    assert list(read_table(wrong).rows[0].cells.values()) == ["1", "2"]


def test_carriage_returns_as_excel_writes_them_become_line_breaks(tmp_path: Path) -> None:
    path = _saved(tmp_path / "t.xlsx", [["a"], ["one_x000D_\ntwo"]])
    assert read_table(path).rows[0].cells["a"] == "one\ntwo"


def test_a_locked_or_old_file_is_refused_with_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    with pytest.raises(FileError, match="remove the password"):
        read_table(path)


def test_a_zip_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    with pytest.raises(FileError, match="cannot be read as"):
        read_table(path)


def test_every_truncation_is_a_file_error(tmp_path: Path) -> None:
    data = (DATA / "calc.xlsx").read_bytes()
    path = tmp_path / "t.xlsx"
    for length in range(0, len(data) - 30, 211):
        path.write_bytes(data[:length])
        with pytest.raises(FileError):
            read_table(path)


def test_broken_xml_and_bad_references_are_file_errors(tmp_path: Path) -> None:
    source = DATA / "calc.xlsx"
    sheet = "xl/worksheets/sheet1.xml"
    for number, (old, new) in enumerate(
        [(b"</row>", b"<row>"), (b"<v>0</v>", b"<v>99</v>"), (b't="s"', b't="z"')]
    ):
        broken = _replaced_part(source, tmp_path / f"{number}.xlsx", sheet, old, new)
        try:
            read_table(broken)
        except FileError as error:
            assert "cannot be read as .xlsx" in str(error)
        else:
            assert number == 2  # an unknown cell type reads as a number


def test_a_small_file_that_unpacks_to_a_huge_one_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "LARGEST", 2_000_000)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 3 * 1024**2)
    path = tmp_path / "t.xlsx"
    path.write_bytes(packed.getvalue())
    with pytest.raises(FileError, match="unpacks to 3 MB"):
        read_table(path)


@pytest.mark.parametrize("text", ["x" * 32_768, "🙂" * 16_384])
def test_a_cell_that_excel_would_cut_is_refused_with_its_row(tmp_path: Path, text: str) -> None:
    path = tmp_path / "t.xlsx"
    path.write_bytes(b"old")
    with pytest.raises(TableError, match=r"t\.xlsx, row 3: the cell 'text' has 32768 .*\.csv"):
        write_table(path, ("code", "text"), [("a", "short"), ("b", text)])
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize("text", ["x" * 32_767, "=" + "\n" * 32_766])
def test_the_longest_cell_that_fits_is_kept_whole(tmp_path: Path, text: str) -> None:
    path = tmp_path / "t.xlsx"
    write_table(path, ("text", "end"), [(text, "end")])
    assert read_table(path).rows[0].cells["text"] == text


def test_more_rows_than_a_sheet_has_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel, "_MOST_ROWS", 3)
    with pytest.raises(TableError, match="row 4: an Excel sheet ends at row 3"):
        write_table(tmp_path / "t.xlsx", ("a",), [("1",), ("2",), ("3",)])


def test_a_sheet_is_made_to_be_read(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    write_table(
        path, ("text", "p", "n"), [("one line\nand " + "more " * 40, 0.123456, 1234)], sheet="Codings"
    )
    sheet = load_workbook(path).active
    assert sheet.title == "Codings" and sheet.freeze_panes == "A2"
    assert all(cell.font.bold for cell in sheet[1]) and not any(cell.font.bold for cell in sheet[2])
    text, fraction, whole = sheet[2]
    assert text.alignment.wrap_text and text.alignment.vertical == "top"
    assert (fraction.number_format, fraction.value) == ("0.00", 0.123456)
    assert (whole.number_format, whole.value) == ("General", 1234)
    widths = [sheet.column_dimensions[letter].width for letter in "ABC"]
    assert widths == [60, 10, 10]


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("x")', "{=A1}", "1e5", "#N/A", "TRUE"]
)
def test_text_that_looks_like_a_formula_is_stored_as_text(tmp_path: Path, text: str) -> None:
    path = tmp_path / "t.xlsx"
    write_table(path, ("a",), [(text,)])
    cell = load_workbook(path).active["A2"]
    assert (cell.data_type, cell.value) == ("s", text)
    with zipfile.ZipFile(path) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def _sheet(tmp_path: Path, rows: str) -> Path:
    part = "xl/worksheets/sheet1.xml"
    source = _saved(tmp_path / "source.xlsx", [["a", "b"], ["1", "2"]])
    with zipfile.ZipFile(source) as archive:
        whole = archive.read(part)
    data = whole[whole.index(b"<sheetData>") : whole.index(b"</sheetData>")]
    return _replaced_part(source, tmp_path / "made.xlsx", part, data, b"<sheetData>" + rows.encode())


def _row(*cells: str) -> str:
    return f"<row>{''.join(cells)}</row>"


def _cell(text: str, place: str = "") -> str:
    return f'<c {place} t="inlineStr"><is><t>{text}</t></is></c>'


def _peak(path: Path) -> int:
    tracemalloc.start()
    try:
        read_table(path)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_empty_formatted_cells_far_out_cost_no_memory(tmp_path: Path) -> None:
    body = [f'<row r="{n}">{_cell("x", f"""r="A{n}" """)}<c r="XFD{n}"/></row>' for n in range(2, 1000)]
    path = _sheet(tmp_path, _row(_cell("a")) + "".join(body))
    assert len(read_table(path).rows) == 998
    assert _peak(path) < 10_000_000


def test_a_row_of_very_many_empty_cells_is_read_without_holding_it(tmp_path: Path) -> None:
    path = _sheet(tmp_path, _row(_cell("a")) + _row(_cell("x"), "<c/>" * 300_000))
    assert _peak(path) < 10_000_000
    assert list(read_table(path).rows[0].cells.values()) == ["x"]


def test_a_file_that_is_packed_too_steeply_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"<c/>" * 3_000_000)
    with pytest.raises(FileError, match=r"unpacks to 11 MB.*\.csv"):
        read_table(path)


@pytest.mark.parametrize(
    "rows",
    [
        _row(_cell("a")) + _row("<c/>" * 60),
        _row(_cell("a")) + "<row/>" * 60,
        _row(*[_cell(name) for name in "abcdefghij"]) + _row(_cell("x")) * 6,
    ],
)
def test_more_cells_than_a_table_has_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: str
) -> None:
    monkeypatch.setattr(excel, "_MOST_CELLS", 50)
    with pytest.raises(FileError, match=r"more than 50 cells.*Delete what is beside"):
        read_table(_sheet(tmp_path, rows))


def test_content_beyond_the_columns_a_table_has_is_refused_with_its_row(tmp_path: Path) -> None:
    stray = _cell("x", 'r="XFD2"')
    with pytest.raises(FileError, match="row 2: has content in column 16384"):
        read_table(_sheet(tmp_path, _row(_cell("a")) + f'<row r="2">{stray}</row>'))


def test_a_title_above_the_column_names_is_told_without_talk_of_quotation_marks(tmp_path: Path) -> None:
    path = _saved(tmp_path / "t.xlsx", [["My codings"], [], ["a", "b"], ["1", "2"]])
    with pytest.raises(TableError, match=r"row 3: has 2 cells .* must hold the column names") as caught:
        read_table(path)
    assert "quotation" not in str(caught.value)


@pytest.mark.parametrize("full", ["target", "temporary"])
def test_a_full_disk_is_one_error_without_complaints_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full: str
) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full on this system")
    complaints: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", complaints.append)
    device = tmp_path / "full.xlsx"
    device.symlink_to("/dev/full")
    if full == "temporary":
        monkeypatch.setattr("openpyxl.worksheet._writer.create_temporary_file", lambda: str(device))
    target = device if full == "target" else tmp_path / "t.xlsx"
    with pytest.raises(OSError, match=r"No space left|temporary files is full"):
        excel.write_excel(target, ("a",), [("x" * 1000,)] * 500)
    gc.collect()
    assert complaints == []
