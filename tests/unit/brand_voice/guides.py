"""An invented style guide in every format, for tests."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from copydesk.brand_voice import Brand
from copydesk.brand_voice.guides.brand_file import Imported, build
from copydesk.brand_voice.guides.from_markdown import blocks
from copydesk.brand_voice.guides.learning import learn
from copydesk.brand_voice.guides.passages import Sentence, sentences
from copydesk.cli.examples import folder_of_examples

GUIDE = folder_of_examples() / "style-guide/guide.md"

FONTS = "/Resources << /Font << /F1 5 0 R >> >>"

HTML = """<!doctype html>
<html><head><title>Guide</title><style>p { color: red }</style></head>
<body><nav><a href="/">Never use home.</a></nav>
<h1>Northpeak style guide</h1>
<h2>Words to avoid</h2>
<ul>
  <li>cheap</li>
  <li>crush it</li>
</ul>
<h2>Terms</h2>
<p>Use <em>runners</em>
instead of <em>customers</em>.</p>
<table><tr><th>Do</th><th>Don't</th></tr>
<tr><td>The trail is wet.</td><td>Moisture may be encountered.</td></tr></table>
</body></html>
"""


def read(markdown: str) -> list[Sentence]:
    return sentences(blocks(markdown), "guide.md")


def imported(markdown: str) -> Imported:
    return build(learn(read(markdown)), "Northpeak")


def taught(markdown: str) -> Brand:
    return imported(markdown).brand


def write_docx(path: Path) -> Path:
    from docx import Document

    document = Document()
    document.add_heading("Northpeak style guide", 1)
    document.add_heading("Words to avoid", 2)
    document.add_paragraph("cheap", style="List Bullet")
    document.add_heading("Mechanics", 2)
    document.add_paragraph("Never use exclamation marks. We use the Oxford comma.")
    held = BytesIO()
    document.save(held)
    path.write_bytes(held.getvalue())
    return path


def write_pdf(path: Path) -> Path:
    """Write a PDF of one page: a title, a heading, an item, and a paragraph of two lines."""
    lines = [
        (18, 760, "Northpeak style guide"),
        (14, 720, "Words to avoid"),
        (10, 700, "- cheap"),
        (14, 670, "Mechanics"),
        (10, 650, "Never use exclamation marks in anything that we send to the"),
        (10, 636, "people who run with us. We use the Oxford comma."),
    ]
    shown = "\n".join(f"BT /F1 {size} Tf 72 {y} Td ({text}) Tj ET" for size, y, text in lines)
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R {FONTS} >>",
        f"<< /Length {len(shown)} >>\nstream\n{shown}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body, places = "%PDF-1.4\n", []
    for number, held in enumerate(objects, start=1):
        places.append(len(body))
        body += f"{number} 0 obj\n{held}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    xref = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    end = f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    path.write_bytes((body + xref + end).encode("latin-1"))
    return path
