"""Make the transcripts under tests/data with LibreOffice, as researchers' programs would write them.

    python scripts/build_fixtures.py [FOLDER]

All of the people and words are invented. The source is one flat OpenDocument text with a tracked
insertion and deletion, a content control, a table, a footnote, a comment, an emoji, a combining
mark and curly quotation marks; every format is converted from it.
"""

import base64
import struct
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

DATA = Path(__file__).parent.parent / "tests" / "data"
PASSWORD = "knitting"

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
 xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"
 xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"
 xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"
 xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:loext="urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0"
 office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.text">
 <office:automatic-styles>
  <style:style style:name="Bold" style:family="text">
   <style:text-properties fo:font-weight="bold"/></style:style>
  <style:style style:name="NewPage" style:family="paragraph">
   <style:paragraph-properties fo:break-before="page"/></style:style>
  <style:page-layout style:name="Layout">
   <style:page-layout-properties fo:page-width="21cm" fo:page-height="29.7cm" fo:margin="2cm"/>
   <style:header-style/><style:footer-style/></style:page-layout>
 </office:automatic-styles>
 <office:master-styles>
  <style:master-page style:name="Standard" style:page-layout-name="Layout">
   <style:header><text:p>Thursday circle, transcript 3</text:p></style:header>
   <style:footer><text:p>Page <text:page-number>1</text:page-number></text:p></style:footer>
  </style:master-page>
 </office:master-styles>
 <office:body><office:text>
"""
FOOT = "</office:text></office:body></office:document>\n"

CHANGES = """<text:tracked-changes>
<text:changed-region text:id="c1"><text:insertion><office:change-info><dc:creator>A</dc:creator>
<dc:date>2024-01-01T00:00:00</dc:date></office:change-info></text:insertion></text:changed-region>
<text:changed-region text:id="c2"><text:deletion><office:change-info><dc:creator>A</dc:creator>
<dc:date>2024-01-01T00:00:00</dc:date></office:change-info><text:p>a deleted secret </text:p>
</text:deletion></text:changed-region></text:tracked-changes>
"""


def said(label: str, words: str, style: str = "Standard") -> str:
    """One paragraph of the source: a bold label and what was said."""
    bold = f'<text:span text:style-name="Bold">{label}:</text:span>'
    return f'<text:p text:style-name="{style}">{bold} {words}</text:p>\n'


INTERVIEW = "".join(
    [
        "<text:p>Thursday circle</text:p>\n<text:p>Date: 3 May 2024</text:p>\n<text:p/>\n",
        said("INT", "How did you come to the group?"),
        said(
            "P1", "My neighbour took me along. “Just come once,” she said, and I stayed \U0001f9f6 for good."
        ),
        said("INT", "And what did you find there?"),
        said(
            "P1",
            'People who listen. <text:change-start text:change-id="c1"/>They never judge.'
            '<text:change-end text:change-id="c1"/> I met <text:change text:change-id="c2"/>Dr. Ayo there, '
            "e.g. at the cafe\u0301.",
        ),
        "<text:p>[laughs]</text:p>\n",
        said("INT", "Could you say more about that?", "NewPage"),
        said(
            "P1",
            "Well<text:note text:note-class='footnote'><text:note-citation>1</text:note-citation>"
            "<text:note-body><text:p>A footnote by the transcriber.</text:p></text:note-body></text:note>, "
            "there is a list:"
            "<text:line-break/>tea,<text:tab/>cake,<text:s text:c='3'/>talk.",
        ),
        said(
            "P2",
            "I would add<office:annotation><dc:creator>A</dc:creator><text:p>a comment</text:p>"
            "</office:annotation> "
            "that nobody pays. <loext:content-control>We share what we have.</loext:content-control>",
        ),
        said("INT", "Is there anything that you do for others?"),
        "<table:table><table:table-column table:number-columns-repeated='2'/><table:table-row>"
        "<table:table-cell><text:p>P2: I bring bread.</text:p></table:table-cell>"
        "<table:table-cell><text:p>every week</text:p>"
        "</table:table-cell></table:table-row></table:table>\n",
        said(
            "P1",
            "I give lifts. <text:span text:style-name='Bold'>That</text:span> is how it goes around.",
            "NewPage",
        ),
        said("INT", "Thank you both."),
        said("P2", "Thank you."),
    ]
)

TABLE = """transcript,case,speaker,time,text
circle_03,Thursday circle,INT,0:00:01,How did you come to the group?
circle_03,Thursday circle,P1,0:00:05,"My neighbour took me along.
“Just come once,” she said \U0001f9f6"
circle_03,Thursday circle,,,
garden_01,Garden group,INT,0:00:02,What do you grow?
garden_01,Garden group,Rosa,0:00:04,"Beans, mostly; =SUM(A1) is no formula here."
"""

ZOOM = """WEBVTT

1
00:00:01.000 --> 00:00:04.000
Anna Berg: How did you come to the group?

2
00:00:04.500 --> 00:00:07.000
Rosa Ng: My neighbour &amp; I came on foot \U0001f9f6.

3
00:00:07.100 --> 00:00:09.000
Rosa Ng: The 10:30 Meeting: that was ours.

4
00:00:09.200 --> 00:00:11.000
10:30 Meeting: I still say it like that.

5
00:00:14.000 --> 00:00:16.000
Anna Berg: And did you stay?

6
00:00:16.500 --> 00:00:19.000
Rosa Ng: I did, for years and years, because they listen.
"""

TEAMS = """\ufeffWEBVTT

3f2b6c1e-0a4d-4f6e-9a55-1b2c3d4e5f60/12-0
00:01.000 --> 00:04.000
<v Anna Berg>How did you come to the group?</v>

3f2b6c1e-0a4d-4f6e-9a55-1b2c3d4e5f60/14-0
00:04.500 --> 00:07.000
<v Rosa Ng>My neighbour &amp; I came
on foot.</v>

3f2b6c1e-0a4d-4f6e-9a55-1b2c3d4e5f60/15-0
00:07.100 --> 00:09.000
<v Rosa Ng>We stayed for years, because they listen.</v><v Anna Berg>Did you?</v>
"""

SRT = """1
00:00:01,000 --> 00:00:04,000
Speaker 1: How did you come to the group?

2
00:00:04,500 --> 00:00:07,000
Speaker 2: My neighbour took me along,

3
00:00:07,100 --> 00:00:09,000
and I stayed for many years.

4
00:00:09,500 --> 00:00:10,000
Speaker 1: Did you?
"""

OTTER = """Anna Berg  0:01
How did you come to the group?

Rosa Ng  0:05
My neighbour took me along, and I stayed for years.

Anna Berg  0:15
What did you find there?

Rosa Ng  0:19
People who listen. They never judge anybody.

Anna Berg  1:02:03
Is that so?

Rosa Ng  1:02:09
It is.
"""

F4 = r"""{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 Arial;}}\f0\fs24
I: How did you come to the group? #00:00:04-2#\par
\par
B: My neighbour took me along, caf\'e9 and all \u-10178?\u-8714?. #00:00:11-9#\par
\par
I: And you stayed? #00:00:13-0#\par
\par
B: I stayed. #00:00:15-5#\par
}
"""

MACRO = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1"
 script:language="StarBasic">
Sub Protect(source As String, target As String, filter As String)
  Dim hidden(0) As New com.sun.star.beans.PropertyValue
  hidden(0).Name = "Hidden" : hidden(0).Value = True
  document = StarDesktop.loadComponentFromURL(ConvertToURL(source), "_blank", 0, hidden())
  Dim options(1) As New com.sun.star.beans.PropertyValue
  options(0).Name = "FilterName" : options(0).Value = filter
  options(1).Name = "Password" : options(1).Value = "{password}"
  document.storeToURL(ConvertToURL(target), options())
  document.close(True)
End Sub
</script:module>
"""
LIBRARY = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">
<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard"
 library:readonly="false" library:passwordprotected="false">
 <library:element library:name="Module1"/></library:library>
"""


class Office:
    """LibreOffice without a window, with a profile of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._profile = folder / "profile"

    def convert(self, source: Path, to: str, suffix: str, *more: str) -> Path:
        """Convert ``source`` by the filter ``to``; return the file that was made."""
        out = self._folder / "out"
        self._run(*more, "--convert-to", to, "--outdir", str(out), str(source))
        made = out / f"{source.stem}{suffix}"
        if not made.exists():
            raise SystemExit(f"LibreOffice made no {made.name} with the filter {to}")
        return made

    def protect(self, source: Path, target: Path, filter_name: str) -> None:
        """Save ``source`` with a password."""
        library = self._profile / "user" / "basic" / "Standard"
        library.mkdir(parents=True, exist_ok=True)
        (library / "Module1.xba").write_text(MACRO.replace("{password}", PASSWORD))
        (library / "script.xlb").write_text(LIBRARY)
        self._run(f'macro:///Standard.Module1.Protect("{source}","{target}","{filter_name}")')
        if not target.exists():
            raise SystemExit(f"LibreOffice made no {target.name} with a password")

    def _run(self, *arguments: str) -> None:
        command = ["soffice", "--headless", "--norestore", f"-env:UserInstallation=file://{self._profile}"]
        subprocess.run([*command, *arguments], check=True, capture_output=True, timeout=180)


def image() -> bytes:
    """A grey PNG of 8 by 8 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    pixels = zlib.compress((b"\0" + b"\x80" * 8) * 8)
    header = struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def only_image() -> str:
    """The source of a document that holds an image and no text."""
    data = base64.b64encode(image()).decode()
    frame = (
        '<text:p><draw:frame text:anchor-type="as-char" svg:width="5cm" svg:height="5cm"><draw:image>'
        f"<office:binary-data>{data}</office:binary-data></draw:image></draw:frame></text:p>"
    )
    head = HEAD.split(" <office:master-styles>")[0]
    return head + "<office:body><office:text>" + frame + FOOT


def build(data: Path) -> list[Path]:
    """Write all fixtures into ``data``."""
    data.mkdir(parents=True, exist_ok=True)
    made: list[Path] = []

    def keep(name: str, content: bytes) -> None:
        (data / name).write_bytes(content)
        made.append(data / name)

    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        office = Office(folder)
        source = folder / "circle.fodt"
        source.write_text(HEAD + CHANGES + INTERVIEW + FOOT, encoding="utf-8")
        keep("circle.odt", office.convert(source, "odt", ".odt").read_bytes())
        for suffix, to in (
            (".docx", "docx:MS Word 2007 XML"),
            (".rtf", "rtf:Rich Text Format"),
            (".pdf", "pdf:writer_pdf_Export"),
            (".txt", "txt:Text (encoded):UTF8,CRLF"),
        ):
            keep(f"circle{suffix}", office.convert(source, to, suffix).read_bytes())
        keep(
            "circle_cp1252.txt",
            office.convert(source, "txt:Text (encoded):MS_1252,CRLF", ".txt").read_bytes(),
        )
        locked = (
            'pdf:writer_pdf_Export:{"EncryptFile":{"type":"boolean","value":"true"},'
            f'"DocumentOpenPassword":{{"type":"string","value":"{PASSWORD}"}}}}'
        )
        keep("locked.pdf", office.convert(source, locked, ".pdf").read_bytes())
        picture = folder / "image_only.fodt"
        picture.write_text(only_image(), encoding="utf-8")
        keep("image_only.pdf", office.convert(picture, "pdf:writer_pdf_Export", ".pdf").read_bytes())
        table = folder / "groups.csv"
        table.write_text(TABLE, encoding="utf-8")
        keep("groups.csv", table.read_bytes())
        csv_filter = "--infilter=Text - txt - csv (StarCalc):44,34,76,1"
        keep(
            "groups.xlsx",
            office.convert(table, "xlsx:Calc MS Excel 2007 XML", ".xlsx", csv_filter).read_bytes(),
        )
        # LibreOffice 7.4 saves no Office Open XML with a password without a window; tests make those.
        office.protect(source, data / "locked.odt", "writer8")
        made.append(data / "locked.odt")
    for name, text in (
        ("zoom.vtt", ZOOM),
        ("teams.vtt", TEAMS.replace("\n", "\r\n")),
        ("otter.srt", SRT),
        ("otter.txt", OTTER),
        ("f4.rtf", F4),
    ):
        keep(name, text.encode())
    return made


if __name__ == "__main__":
    for path in build(Path(sys.argv[1]) if len(sys.argv) > 1 else DATA):
        print(f"{path.stat().st_size:8,d}  {path.name}")
