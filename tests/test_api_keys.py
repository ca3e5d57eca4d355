"""Keys of the API, as the catalogue keeps and a key ring judges them."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from foundsound import api_keys
from foundsound.api_keys import (
    KeyRing,
    Scope,
    any_valid,
    list_keys,
    make_key,
    remove_key,
    set_path_map,
)
from foundsound.catalog.database import Catalog
from foundsound.catalog.key_models import ApiKey
from foundsound.catalog.models import utc_now
from foundsound.errors import InvalidRequest
from tests.databases import both_databases

pytestmark = both_databases


def test_a_key_allows_its_scope_until_it_is_removed(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    with catalog.write() as session:
        assert not any_valid(session)
        new = make_key(session, " studio ", Scope.WRITE)
        assert any_valid(session)
    ring = KeyRing(catalog, None)
    assert ring.judge(new.key) is Scope.WRITE
    assert ring.judge(new.key[:-1] + ("A" if new.key[-1] != "A" else "B")) is None
    for unknown in ("", "nonsense", "fs_00000000_" + "x" * 43, new.key + "x", new.key.upper()):
        assert ring.judge(unknown) is None
    with catalog.read() as session:
        (row,) = list_keys(session)
        assert (row.name, row.scope, row.expires_at) == ("studio", "write", None)
        assert row.used_at is not None
        assert new.key.split("_", 2)[2] not in row.secret_hash
        assert row.secret_hash.startswith("$argon2id$")

    with catalog.write() as session:
        remove_key(session, new.id)
    assert ring.judge(new.key) is Scope.WRITE  # remembered for TRUSTED_S
    monkeypatch.setattr(api_keys, "TRUSTED_S", -1.0)
    assert KeyRing(catalog, None).judge(new.key) is None
    with catalog.write() as session, pytest.raises(InvalidRequest, match="no key"):
        remove_key(session, new.id)


def test_a_key_expires_also_while_it_is_remembered(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    with catalog.write() as session:
        new = make_key(session, "guest", Scope.READ, days=1)
    ring = KeyRing(catalog, None)
    assert ring.judge(new.key) is Scope.READ
    past = utc_now() - timedelta(seconds=1)
    with catalog.write() as session:
        session.execute(update(ApiKey).values(expires_at=past))
        assert not any_valid(session)
    assert KeyRing(catalog, None).judge(new.key) is None
    soon = utc_now() + timedelta(minutes=5)
    with catalog.write() as session:
        session.execute(update(ApiKey).values(expires_at=soon))
    ring = KeyRing(catalog, None)
    assert ring.judge(new.key) is Scope.READ
    monkeypatch.setattr(api_keys, "utc_now", lambda: soon)
    assert ring.judge(new.key) is None


def test_a_remembered_key_costs_no_statement(catalog: Catalog) -> None:
    with catalog.write() as session:
        new = make_key(session, "one", Scope.READ)
    ring = KeyRing(catalog, None)
    assert ring.known(new.key) == (False, None)
    ring.judge(new.key)
    catalog.close()
    assert ring.known(new.key) == (True, Scope.READ)


def test_a_key_knows_its_owners_paths(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_keys, "TRUSTED_S", -1.0)
    with catalog.write() as session:
        one = make_key(session, "windows", Scope.READ, path_map=["/srv/sfx=Z:\\SFX"])
        other = make_key(session, "none", Scope.READ)
        with pytest.raises(InvalidRequest, match="no pair of folders"):
            make_key(session, "wrong", Scope.READ, path_map=["nonsense"])
    ring = KeyRing(catalog, None)
    assert ring.paths_of(one.key) is None  # not judged yet
    for key in (one.key, other.key):
        ring.judge(key)
    paths = ring.paths_of(one.key)
    assert paths is not None
    assert paths.of("/srv/sfx/a/b.wav") == "Z:\\SFX\\a\\b.wav"
    assert ring.paths_of(other.key) is None
    with catalog.write() as session:
        set_path_map(session, one.id, [])
        set_path_map(session, other.id, ["/srv=/mnt", "/srv/sfx=/sfx"])
        for id_, pairs in ((one.id, ["x"]), ("00000000", [])):
            with pytest.raises(InvalidRequest):
                set_path_map(session, id_, pairs)
    for key in (one.key, other.key):
        ring.judge(key)
    assert ring.paths_of(one.key) is None
    paths = ring.paths_of(other.key)
    assert paths is not None
    assert [paths.of(path) for path in ("/srv/x", "/srv/sfx/x")] == ["/mnt/x", "/sfx/x"]


def test_the_setting_is_a_key_that_allows_everything(catalog: Catalog) -> None:
    ring = KeyRing(catalog, "s" * 40)
    assert ring.judge("s" * 40) is Scope.ADMIN
    assert ring.judge("s" * 39) is None
    assert KeyRing(catalog, None).judge("s" * 40) is None


@pytest.mark.parametrize(
    ("name", "days", "words"), [(" ", None, "name"), ("x" * 101, None, "name"), ("x", 0, "days")]
)
def test_what_is_no_key_is_refused(
    catalog: Catalog, name: str, days: float | None, words: str
) -> None:
    with catalog.write() as session, pytest.raises(InvalidRequest, match=words):
        make_key(session, name, Scope.READ, days)
    with catalog.read() as session:
        assert session.scalars(select(ApiKey)).all() == []
