"""Keys of the API: made once, shown once, and judged by what the catalogue keeps of them.

A key is ``fs_<id>_<secret>``: the id finds its row, the secret (256 random bits) is kept as an
argon2id hash (RFC 9106).
"""

import hashlib
import re
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from foundsound.catalog.database import Catalog
from foundsound.catalog.key_models import ApiKey
from foundsound.catalog.models import utc_now
from foundsound.client_paths import ClientPaths
from foundsound.errors import InvalidRequest

TRUSTED_S = 30.0  # a key that was removed works no longer than this
# OWASP's least for argon2id: a secret of 256 random bits is not guessed however fast it is tried,
# and whoever sends wrong ones should not cost 0.2 s and 64 MiB each.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_FORM = re.compile(r"fs_([0-9a-f]{8})_([A-Za-z0-9_-]{43})")


class Scope(IntEnum):
    """What a key allows; each allows what the ones before it do."""

    READ = 1  # search and listen
    WRITE = 2  # tags, favourites, notes, collections, metadata
    ADMIN = 3  # roots, index runs, models, what failed


@dataclass(frozen=True)
class NewKey:
    """A key that was just made; ``key`` is shown once and stored nowhere."""

    id: str
    key: str


def make_key(
    session: Session,
    name: str,
    scope: Scope,
    days: float | None = None,
    path_map: Sequence[str] = (),
) -> NewKey:
    """Add a key.

    Args:
        session: a write transaction.
        name: whose it is, for people.
        scope: what it allows.
        days: after which it expires; None = never.
        path_map: as of :func:`set_path_map`.

    Raises:
        InvalidRequest: the name is empty or too long, the days are none, or a pair of folders is.
    """
    name = name.strip()
    if not 1 <= len(name) <= 100:
        raise InvalidRequest("A key needs a name of 1 to 100 characters.")
    if days is not None and not 0 < days <= 36_500:
        raise InvalidRequest("A key expires after more than 0 and at most 36,500 days.")
    key_id, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
    session.add(
        ApiKey(
            id=key_id,
            name=name,
            scope=scope.name.lower(),
            secret_hash=_HASHER.hash(secret),
            expires_at=None if days is None else utc_now() + timedelta(days=days),
            path_map=_pairs(path_map),
        )
    )
    session.flush()
    return NewKey(key_id, f"fs_{key_id}_{secret}")


def list_keys(session: Session) -> Sequence[ApiKey]:
    """Every key, the oldest first."""
    return session.scalars(select(ApiKey).order_by(ApiKey.made_at, ApiKey.id)).all()


def remove_key(session: Session, key_id: str) -> None:
    """Remove a key by its id.

    Raises:
        InvalidRequest: there is none.
    """
    removed = delete(ApiKey).where(ApiKey.id == key_id).returning(ApiKey.id)
    if session.scalar(removed) is None:
        raise _unknown(key_id)


def set_path_map(session: Session, key_id: str, path_map: Sequence[str]) -> None:
    """Have answers to a key name paths as whoever has it knows them, from now on.

    Args:
        path_map: pairs as :class:`~foundsound.client_paths.ClientPaths` takes them; none: the
            library's own paths.

    Raises:
        InvalidRequest: there is no such key, or a pair is none.
    """
    changed = update(ApiKey).where(ApiKey.id == key_id).values(path_map=_pairs(path_map))
    if session.scalar(changed.returning(ApiKey.id)) is None:
        raise _unknown(key_id)


def any_valid(session: Session) -> bool:
    """Is there a key that has not expired?"""
    valid = or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > utc_now())
    return bool(session.scalar(select(func.count()).where(valid)))


@dataclass(frozen=True)
class _Judged:
    scope: Scope
    expires_at: datetime | None
    until: float  # monotonic seconds
    paths: ClientPaths | None


class KeyRing:
    """Judges keys; each is looked up again after ``TRUSTED_S``. Safe from many threads.

    Args:
        catalog: where keys are kept.
        setting: one more key, from the settings, that allows everything.
    """

    def __init__(self, catalog: Catalog, setting: str | None) -> None:
        self._catalog = catalog
        self._setting = setting.encode() if setting else None
        self._judged: dict[bytes, _Judged] = {}

    def known(self, key: str) -> tuple[bool, Scope | None]:
        """What is remembered of a key, without looking it up: is anything, and what it allows."""
        if self._setting and secrets.compare_digest(key.encode(), self._setting):
            return True, Scope.ADMIN
        judged = self._judged.get(_digest(key))
        if judged is None or judged.until < time.monotonic():
            return False, None
        if judged.expires_at is not None and judged.expires_at <= utc_now():
            return True, None
        return True, judged.scope

    def paths_of(self, key: str) -> ClientPaths | None:
        """How whoever has a key that was judged calls the library's folders; None = as it does."""
        judged = self._judged.get(_digest(key))
        return None if judged is None else judged.paths

    def name_of(self, key: str) -> str | None:
        """What tells a key from others in counts; None for one that was never found valid."""
        if self._setting and secrets.compare_digest(key.encode(), self._setting):
            return "setting"
        # Whatever became of it since: it must not have to stand in line with strangers.
        return key[:11] if _digest(key) in self._judged else None

    def judge(self, key: str) -> Scope | None:
        """What a key allows; None when it is unknown, expired or removed.

        Raises:
            Unavailable: the catalogue is away.
        """
        remembered, scope = self.known(key)
        if remembered:
            return scope
        judged = self._look_up(key)
        if judged is None:
            return None
        self._judged[_digest(key)] = judged
        return judged.scope

    def _look_up(self, key: str) -> _Judged | None:
        until = time.monotonic() + TRUSTED_S
        form = _FORM.fullmatch(key)
        if form is None:
            return None
        with self._catalog.read() as session:
            row = session.get(ApiKey, form[1])
        if row is None or (row.expires_at is not None and row.expires_at <= utc_now()):
            return None
        try:
            _HASHER.verify(row.secret_hash, form[2])
        except (VerificationError, InvalidHashError):
            return None
        with self._catalog.write() as session:
            used = update(ApiKey).where(ApiKey.id == row.id).values(used_at=utc_now())
            session.execute(used)
        paths = ClientPaths(row.path_map) if row.path_map else None
        return _Judged(Scope[row.scope.upper()], row.expires_at, until, paths)


def _pairs(path_map: Sequence[str]) -> list[str] | None:
    ClientPaths(path_map)  # refuses what is none
    return list(path_map) or None


def _unknown(key_id: str) -> InvalidRequest:
    return InvalidRequest(f"There is no key '{key_id}'; 'foundsound keys list' shows them.")


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()  # keys themselves are not kept in memory
