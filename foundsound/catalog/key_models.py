"""The catalogue's table of API keys."""

from datetime import datetime

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from foundsound.catalog.models import Base, UtcDateTime, utc_now


class ApiKey(Base):
    """A key of the API; of its secret there is only a hash."""

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(String(8), primary_key=True)  # its public part
    name: Mapped[str] = mapped_column(String(100))
    scope: Mapped[str] = mapped_column(String(8))
    secret_hash: Mapped[str] = mapped_column(String(200))  # argon2id, with salt and parameters
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Where whoever has it knows the library's folders, see client_paths.py.
    path_map: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
