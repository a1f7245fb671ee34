"""What servers call the folders that a configuration names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.servers.imap_answers import folders, personal_namespace
from mailbot.servers.imap_folders import Folder, Folders, Namespace, exists, sent_name, server_name


def account(names: str, delimiter: str, prefix: str | None = None) -> Folders:
    """Folders of those names; of a server that knows namespaces where a prefix is given."""
    personal = Namespace("", "") if prefix is None else Namespace(prefix, delimiter)
    return Folders(tuple(Folder(name, delimiter) for name in names.split()), personal)


COURIER = account("INBOX INBOX.已处理 INBOX.统计表.2021 INBOX.Sent", ".", "INBOX.")
PLAIN = account("INBOX 已处理 统计表/2021 INBOX/inner v1.2 Sent", "/", "")
WINDOWS = account("INBOX 已处理 统计表\\2021", "\\", "")
SILENT = account("INBOX INBOX.已处理 INBOX.统计表.2021", ".")
FLAT = account("INBOX 已处理 a/b", "")


@pytest.mark.parametrize(
    ("there", "wanted", "name"),
    [
        *((COURIER, wanted, "INBOX.已处理") for wanted in ("已处理", "INBOX.已处理", "inbox.已处理", "/已处理")),
        *(
            (COURIER, w, "INBOX.统计表.2021")
            for w in ("统计表.2021", "统计表/2021", "统计表\\2021", "INBOX/统计表/2021")
        ),
        *((PLAIN, wanted, "已处理") for wanted in ("已处理", "INBOX.已处理", "INBOX/已处理", "已处理/", "/已处理")),
        *((PLAIN, w, "统计表/2021") for w in ("统计表/2021", "统计表.2021", "统计表\\2021", "INBOX.统计表.2021")),
        (PLAIN, "INBOX/inner", "INBOX/inner"),
        (PLAIN, "INBOX.inner", "INBOX/inner"),
        (PLAIN, "v1.2", "v1.2"),
        *((WINDOWS, w, "统计表\\2021") for w in ("统计表/2021", "统计表.2021", "统计表\\2021", "INBOX.统计表.2021")),
        *((SILENT, wanted, "INBOX.已处理") for wanted in ("已处理", "INBOX.已处理", "INBOX/已处理")),
        (FLAT, "a/b", "a/b"),
        *((there, "inbox", "INBOX") for there in (COURIER, PLAIN, WINDOWS, SILENT, FLAT, Folders())),
    ],
)
def test_a_folder_is_found_with_and_without_prefix_and_with_any_delimiter(
    there: Folders, wanted: str, name: str
) -> None:
    assert server_name(wanted, there) == name
    assert exists(name, there)


@pytest.mark.parametrize(
    ("there", "wanted", "made"),
    [
        (COURIER, "新/2021", "INBOX.新.2021"),
        (COURIER, "INBOX.新", "INBOX.新"),
        (COURIER, "inbox/新", "INBOX.新"),
        (PLAIN, "新/2021", "新/2021"),
        (PLAIN, "新\\2021", "新/2021"),
        (PLAIN, "v1.3", "v1.3"),
        (PLAIN, "INBOX.新", "新"),
        (PLAIN, "INBOX/新", "INBOX/新"),
        (WINDOWS, "新/2021", "新\\2021"),
        (SILENT, "新", "INBOX.新"),
        (FLAT, "新/2021", "新/2021"),
        (Folders(), "新", "新"),
    ],
)
def test_a_folder_that_is_missing_has_the_name_under_which_it_would_be_made(
    there: Folders, wanted: str, made: str
) -> None:
    assert server_name(wanted, there) == made
    assert not exists(made, there)


NAMES = st.text(st.sampled_from("aB/.\\已 ") | st.characters(codec="utf-8"), min_size=1, max_size=12) | st.sampled_from(
    ("INBOX", "inbox.a", "INBOX/已", ".", "/", "INBOX.")
)


@given(
    st.lists(st.builds(Folder, NAMES, st.sampled_from(("", "/", ".", "\\")))),
    st.builds(Namespace, st.sampled_from(("", "INBOX.", "INBOX/", "Mail/")), st.sampled_from(("", "/", ".", "\\"))),
    NAMES,
)
def test_whatever_a_server_lists_every_name_means_one_folder(
    listed: list[Folder], personal: Namespace, wanted: str
) -> None:
    there = Folders(tuple(listed), personal)
    name = server_name(wanted, there)
    assert name
    for folder in listed:
        assert server_name(folder.name, there) in {folder.name, "INBOX"}, "its own name is the first"
    if personal.delimiter:
        after = Folders((*listed, Folder(name, personal.delimiter)), personal)
        assert server_name(wanted, after) == name, "once it is made it is found"


def test_a_folder_that_cannot_be_opened_is_none() -> None:
    there = Folders((Folder("Archive", "/", frozenset({"\\NoSelect"})), Folder("INBOX", "/")))
    assert there.names == ("INBOX",)
    assert not exists("Archive", there)


def test_the_folder_of_sent_mail_is_known_marked_or_called_so_in_this_order() -> None:
    marked = Folder("INBOX.Gesendet", ".", frozenset({"\\Sent"}))
    courier = Folders((*COURIER.listed, marked), COURIER.personal)
    assert sent_name("\\Sent", courier) == "INBOX.Gesendet"
    assert sent_name("已处理", courier) == "INBOX.已处理"
    assert sent_name("\\Sent", COURIER) == "INBOX.Sent"
    assert sent_name("\\Sent", SILENT) is None


def test_answers_to_list_and_namespace_are_read() -> None:
    assert folders(
        [
            b'(\\HasNoChildren \\Sent) "." "INBOX.Sent"',
            b'(\\Noselect) "/" ""',
            b"() NIL flat",
            (b'() "\\\\" {6}', b'a"b&-c'),
            b"",
            b'() "\\\\" "INBOX\\\\&XfJZBHQG-"',
            b'() "/" [Gmail]/Sent',
            b'() "/" "\xe5\xb7\xb2"',
            b'() "/" "\xd2\xd1"',
            b"nonsense",
            None,
        ]
    ) == (
        Folder("INBOX.Sent", ".", frozenset({"\\HasNoChildren", "\\Sent"})),
        Folder("", "/", frozenset({"\\Noselect"})),
        Folder("flat", ""),
        Folder('a"b&c', "\\"),
        Folder("INBOX\\已处理", "\\"),
        Folder("[Gmail]/Sent", "/"),
        Folder("已", "/"),
        Folder("ÒÑ", "/"),
    )
    for line, found in {
        b'(("INBOX." ".")) NIL (("#shared." "."))': Namespace("INBOX.", "."),
        b'(("" "/")("#mh/" "/")) NIL NIL': Namespace("", "/"),
        b'NIL (("user." ".")) NIL': Namespace("", ""),
        b'(("" NIL)) NIL NIL': Namespace("", ""),
        b'((NIL "/")) NIL NIL': Namespace("", ""),
        b"": Namespace("", ""),
    }.items():
        assert personal_namespace([line]) == found
    assert personal_namespace([None]) == Namespace("", "")
