"""What is special to PostgreSQL."""

import pytest
from sqlalchemy import text

from mailbot.domain.errors import StoreBusy, StoreError
from storage import engine as engines
from storage.daemon_lock import lock
from storage.driver_errors import as_sentences
from storage.engine import open_engine


def test_a_second_daemon_is_refused_on_a_server(postgresql_url: str) -> None:
    with lock(postgresql_url), pytest.raises(StoreBusy, match="another daemon works on"), lock(postgresql_url):
        pass
    with lock(postgresql_url):
        pass


def test_a_server_database_that_does_not_exist_is_a_sentence(postgresql_url: str) -> None:
    with pytest.raises(StoreError, match=r"refuses us; check host, user, password and name .*does not exist\)"):
        open_engine(postgresql_url.replace("/store_", "/missing_"))


def test_one_writer_at_a_time_on_a_server(postgresql_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "WAIT_SECONDS", 1)
    first, second = open_engine(postgresql_url), open_engine(postgresql_url)
    with first.begin() as connection:
        connection.execute(text("SELECT 1"))
        with pytest.raises(StoreError, match="stayed locked by another program"), as_sentences("x"), second.begin():
            pass
    with second.begin() as other:
        other.execute(text("SELECT 1"))
    first.dispose()
    second.dispose()
