"""Mails of the laptop: each a file that can be read as it is, and a line of the log without what it says."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from ministack.services import ses, ses_v2

from scripts.local import mails


def test_a_mail_lands_in_the_folder_and_its_words_not_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (ses, ses_v2):
        monkeypatch.setattr(module, "_smtp_relay", None)
    lines: list[dict[str, Any]] = []
    mails.keep_mails(tmp_path / "mails", lines.append)
    sent = EmailMessage()
    sent["Subject"] = "Réinitialisation"
    sent.set_content("à vous: https://bobine.test/account/reset#token=secret", cte="base64")
    ses._smtp_relay("bobine@localhost", ["../ada@example.com"], sent.as_string())
    (path,) = (tmp_path / "mails").iterdir()
    assert "à vous: https://bobine.test/account/reset#token=secret" in path.read_text()
    assert message_from_bytes(path.read_bytes(), policy=policy.default)["subject"] == "Réinitialisation"
    assert lines[0]["file"] == str(path)
    assert "secret" not in str(lines)
    assert ses_v2._smtp_relay is ses._smtp_relay
