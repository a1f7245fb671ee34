"""Makes the .pdf, .doc and .rtf files in this folder with LibreOffice: python tests/golden/files/make.py

The .rar needs rar 6, the last that writes RAR 4 (Debian 11, non-free). All are committed, so that tests need none.
A further layout belongs here first.
"""

import csv
import json
import subprocess
import tempfile
from pathlib import Path
from xml.sax.saxutils import escape

HERE = Path(__file__).parent
LABELS = ("序号", "活动名称", "活动时间", "活动地点", "活动形式", "接触职工人数", "覆盖职工网民数", "备注")
WIDTHS = (1.2, 5.0, 3.0, 3.5, 3.0, 2.4, 2.4, 4.0)
ROWS = (
    (1, "“网聚职工正能量”网络安全知识竞赛", "2021年6月15日", "职工之家", "知识竞赛", 300, 5000, ""),
    (2, "好网民主题演讲", "2021年7月2日", "区文化中心二楼多功能厅", "主题演讲", "120人", 2000, "照片另附"),
)
MANY = tuple(
    (n, f"第{n}期职工好网民宣讲", f"2021年6月{n % 30 + 1}日", f"第{n}车间", "主题演讲", 100 + n, 1000 + n, "")
    for n in range(1, 46)
)
TITLE = "2021年贯彻落实“12351+”计划目标任务开展线下活动统计表"
BLOCK = "填报单位（盖章）：新河街道总工会　　填报人：林晓雨　　联系电话：65300001"
NOTE = "注：接触职工人数指现场参加人数。"

# keep-together="auto": a row may be torn by the end of a page, as Word does unless it is told otherwise
DOCUMENT = """<?xml version="1.0" encoding="UTF-8"?>
<office:document office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.text"
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0">
<office:styles><style:default-style style:family="paragraph"><style:text-properties fo:font-size="10pt"
 fo:font-family="'Noto Sans CJK SC'" style:font-family-asian="'Noto Sans CJK SC'" style:font-size-asian="10pt"/>
</style:default-style></office:styles>
<office:automatic-styles>
<style:style style:name="T" style:family="table"><style:table-properties table:border-model="collapsing"/></style:style>
<style:style style:name="R" style:family="table-row"><style:table-row-properties fo:keep-together="{keep}"/></style:style>
<style:style style:name="C" style:family="table-cell"><style:table-cell-properties fo:border="{border}"
 fo:padding="0.1cm"/></style:style>
{columns}
<style:page-layout style:name="P"><style:page-layout-properties fo:page-width="29.7cm" fo:page-height="21cm"
 fo:margin="2cm" style:print-orientation="landscape"/></style:page-layout></office:automatic-styles>
<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="P"><style:footer><text:p>第 <text:page-number/> 页</text:p></style:footer></style:master-page></office:master-styles>
<office:body><office:text><text:p>{title}</text:p><text:p>{block}</text:p>
<table:table table:name="a" table:style-name="T">{used}<table:table-header-rows>{header}</table:table-header-rows>{rows}</table:table>
<text:p>{note}</text:p></office:text></office:body></office:document>
"""  # noqa: E501 XML


def document(rows: tuple[tuple[object, ...], ...], *, keep: str = "always", border: str = "0.5pt solid #000000") -> str:
    """A document with title, block, one table and a note, as flat OpenDocument text."""
    total = ("合计", "", "", "", "", sum(row[5] for row in rows if isinstance(row[5], int)), "", "")
    columns = "".join(
        f'<style:style style:name="W{n}" style:family="table-column"><style:table-column-properties '
        f'style:column-width="{width}cm"/></style:style>'
        for n, width in enumerate(WIDTHS)
    )
    used = "".join(f'<table:table-column table:style-name="W{n}"/>' for n in range(len(WIDTHS)))
    return DOCUMENT.format(
        keep=keep,
        border=border,
        columns=columns,
        used=used,
        title=TITLE,
        block=BLOCK,
        note=NOTE,
        header=line(LABELS),
        rows="".join(map(line, (*rows, total))),
    )


def line(row: tuple[object, ...]) -> str:
    """A row of the table."""
    cells = "".join(
        f'<table:table-cell table:style-name="C"><text:p>{escape(str(text))}</text:p></table:table-cell>'
        for text in row
    )
    return f'<table:table-row table:style-name="R">{cells}</table:table-row>'


def make(name: str, content: str, filters: str = "") -> None:
    """Write the file of that name. `filters`: what LibreOffice calls the format, where its ending does not tell."""
    stem, suffix = name.split(".")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / f"{stem}.fodt").write_text(content, encoding="utf-8")
        soffice = ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile"]
        command = [*soffice, "--convert-to", f"{suffix}{filters}", "--outdir", folder, f"{folder}/{stem}.fodt"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        (HERE / name).write_bytes((Path(folder) / name).read_bytes())


def make_rar(name: str) -> None:
    """Write the solid RAR 4 archive of that name: the table and two texts, packed as one block."""
    with tempfile.TemporaryDirectory() as folder:
        for text in ("说明.txt", "名单.txt"):
            (Path(folder) / text).write_text(f"{text}\n{BLOCK}\n{NOTE}\n", encoding="utf-8")
        with (Path(folder) / "统计表.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([(TITLE,), (BLOCK,), LABELS, *ROWS])
        pack = ["rar", "a", "-ma4", "-s", "-ds", "-idq", name, "说明.txt", "统计表.csv", "名单.txt"]
        subprocess.run(pack, check=True, cwd=folder)
        (HERE / name).write_bytes((Path(folder) / name).read_bytes())


if __name__ == "__main__":
    make("table.pdf", document(ROWS))
    make("pages.pdf", document(MANY))
    make("torn.pdf", document(tuple((*row[:1], row[1] * 14, *row[2:]) for row in MANY[:8]), keep="auto"))
    make("unruled.pdf", document(ROWS, border="none"))
    locked = {"EncryptFile": ("boolean", "true"), "DocumentOpenPassword": ("string", "geheim")}
    settings = {name: {"type": kind, "value": value} for name, (kind, value) in locked.items()}
    make("locked.pdf", document(ROWS), f":writer_pdf_Export:{json.dumps(settings)}")
    make("word.doc", document(ROWS), ":MS Word 97")
    make("rich.rtf", document(ROWS))
    make_rar("solid.rar")
