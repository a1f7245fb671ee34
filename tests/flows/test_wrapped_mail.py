"""What becomes of a mail in a wrapping: a signed one is registered, an encrypted or split one is asked for again."""

import pytest

from support import cms, mails
from support.world import World, table, words
from support.wrappings import FILES, message, mixed, smime


def test_a_signed_mail_is_registered_and_its_signature_proves_nothing(world: World) -> None:
    world.deliver(message(smime(cms.signed(mixed(FILES["base64"](table()))))))
    world.round()
    (submission,) = world.export["submissions"]
    assert (submission["unit"], submission["status"]) == ("XHE", "accepted")
    (receipt,) = world.sent()
    assert "未能读取的文件" not in words(receipt)


@pytest.mark.parametrize(
    ("entity", "code", "reason", "told"),
    [
        (smime(cms.enveloped(b"x")), "encrypted", "来件内容经过加密，无法读取", "请关闭邮件加密"),
        (
            mails.part(b"Content-Type: message/partial; id=a; number=1; total=3", b"x"),
            "partial",
            "邮件在发送时被拆成几封，无法合并读取",
            "邮件在发送时被拆成3封，本封为第1封",
        ),
        (
            mixed(mails.part(b"Content-Type: message/external-body; access-type=ftp", b"Content-Type: a/b\r\n\r\n")),
            "external-body",
            "附件没有随邮件发来，邮件中只有其存放位置",
            "附件没有随邮件发来",
        ),
    ],
)
def test_what_is_not_there_to_be_read_is_asked_for(
    world: World, entity: bytes, code: str, reason: str, told: str
) -> None:
    world.deliver(message(entity))
    world.round()
    (stored,) = world.messages
    assert (stored.disposition, stored.code, stored.reason) == ("unreadable", code, reason)
    (receipt,) = world.sent()
    assert told in words(receipt)
