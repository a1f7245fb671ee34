"""The attachments of the weekly digest, and its preview."""

from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from docx import Document
from openpyxl import load_workbook

from mailbot.cli.main import cli
from mailbot.domain.errors import ConfigError
from support.mails import mail
from support.world import SHANGHAI, World, table

MONDAY = datetime(2021, 9, 27, 9, 0, tzinfo=SHANGHAI)
AFTER_THE_DEADLINE = datetime(2021, 10, 8, 9, 0, tzinfo=SHANGHAI)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.app.store.close()


def test_the_digest_brings_the_workbook_that_staff_would_build(world: World) -> None:
    world.deliver(mail(attachments=[("附件1.xlsx", table())]))
    world.clock.now = MONDAY
    world.round()
    (digest,) = world.sent("digest")
    (file,) = digest.iter_attachments()
    assert file.get_filename() == "HWM21汇总表20210927.xlsx"
    cells = [str(cell.value) for row in load_workbook(BytesIO(file.get_content())).worksheets[0] for cell in row]
    assert "新河街道总工会" in cells


def test_the_first_digest_after_the_deadline_brings_the_draft_circular_and_no_other_does(world: World) -> None:
    names = []
    for now in (MONDAY, AFTER_THE_DEADLINE, datetime(2021, 10, 11, 9, 0, tzinfo=SHANGHAI)):
        world.clock.now = now
        world.round()
        names.append([file.get_filename() for file in world.sent("digest")[-1].iter_attachments()])
    assert [len(each) for each in names] == [1, 2, 1]
    assert "草稿" in names[1][1]
    draft = list(world.sent("digest")[1].iter_attachments())[1]
    words = "\n".join(paragraph.text for paragraph in Document(BytesIO(draft.get_content())).paragraphs)
    assert "报送情况" in words


def test_the_circular_goes_to_staff_alone(world: World) -> None:
    world.clock.now = AFTER_THE_DEADLINE
    world.round()
    others = [letter for kind in ("receipt", "reminder", "notice") for letter in world.sent(kind)]
    assert others
    names = [str(file.get_filename()) for letter in others for file in letter.iter_attachments()]
    assert [name for name in names if name.endswith(".docx")] == []


def preview(folder: Path, kind: str, **templates: str) -> Result:
    """What the command line says for a fresh installation with templates of the user's own."""
    assert CliRunner().invoke(cli, ["init", str(folder)]).exit_code == 0
    (folder / "letters").mkdir()
    for name, text in templates.items():
        (folder / "letters" / name.replace("_", ".")).write_text(text, encoding="utf-8")
    config = folder / "config.toml"
    config.write_text('templates = "letters"\n' + config.read_text(encoding="utf-8"), encoding="utf-8")
    return CliRunner().invoke(cli, ["preview", kind, "--config", str(config), "--at", "2021-09-27T09:00"])


def test_a_preview_with_an_undefined_name_in_a_template_says_which(tmp_path: Path) -> None:
    done = preview(tmp_path / "office", "digest", digest_html="{{ content.titel }}")
    assert isinstance(done.exception, ConfigError)
    (sentence,) = done.exception.faults
    assert "digest.html cannot be filled" in sentence
    assert "titel" in sentence


def test_a_preview_shows_the_users_own_words(tmp_path: Path) -> None:
    done = preview(tmp_path / "office", "digest", digest_txt="own words", digest_html="<p>own words</p>")
    assert done.exit_code == 0, done.output
    assert "Subject: " in done.output


def test_a_preview_can_be_read_without_knowing_mime(tmp_path: Path) -> None:
    config = tmp_path / "office" / "config.toml"
    preview(tmp_path / "office", "digest")
    done = CliRunner().invoke(cli, ["preview", "digest", "--text", "--config", str(config), "--at", "2021-09-27T09:00"])
    assert done.exit_code == 0, done.output
    assert done.output.startswith("收件人：")
    assert "主题：统计表报送周报" in done.output
    assert [mark for mark in ("Subject: ", "Content-Type", "<td", "base64") if mark in done.output] == []
