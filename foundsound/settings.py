"""One typed Settings; nothing else in foundsound reads the environment."""

import os
import re
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Literal

import platformdirs
from pydantic import Field, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from foundsound.path_map import PathMap

_ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?")


class Settings(BaseSettings):
    """Every setting, its default and its unit; ``FOUNDSOUND_<NAME>`` overrides it."""

    model_config = SettingsConfigDict(env_prefix="FOUNDSOUND_", extra="ignore", frozen=True)

    data_dir: Path = Field(
        default_factory=lambda: platformdirs.user_data_path("foundsound"),
        description="The library: catalogue, vectors, lock. Delete it to remove the library.",
    )
    cache_dir: Path = Field(
        default_factory=lambda: platformdirs.user_cache_path("foundsound"),
        description="Converted model files; rebuilt when missing.",
    )
    database_url: str | None = Field(
        default=None,
        repr=False,  # it may hold a password
        description="PostgreSQL database of the catalogue, postgresql://user:password@host/name; "
        "none = a SQLite file in data_dir.",
    )
    database_pool: int = Field(
        default=10, ge=1, description="Connections to PostgreSQL that a process keeps."
    )
    database_overflow: int = Field(
        default=5, ge=0, description="Connections beyond those while all are busy."
    )
    database_recycle_s: float = Field(
        default=1800, gt=0, description="An older connection is replaced before its next use."
    )
    database_statement_s: float = Field(
        default=30, gt=0, description="A statement that takes PostgreSQL longer is ended."
    )
    database_lock_s: float = Field(
        default=20, gt=0, description="A statement that waits longer for a lock is ended."
    )
    database_idle_s: float = Field(
        default=300,
        gt=0,
        description="A transaction in which nothing happens for longer is ended.",
    )
    path_map: str = Field(
        default="",
        description="Where this machine has the catalogue's folders: catalogue=here, pairs joined "
        "by a colon.",
    )
    qdrant_url: str | None = Field(
        default=None,
        description="Qdrant server of the vectors, http://host:6333; none = in data_dir, for one "
        "process.",
    )
    qdrant_api_key: str | None = Field(
        default=None, repr=False, description="Key of the Qdrant server."
    )
    qdrant_timeout_s: float = Field(
        default=10, gt=0, description="How long a call of the Qdrant server may take."
    )
    qdrant_prefix: str = Field(
        default="foundsound",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$",
        description="What the library's collections begin with; tells libraries on one server "
        "apart.",
    )
    qdrant_ca_file: Path | None = Field(
        default=None,
        description="Certificates, in PEM, of who may sign that of the Qdrant server; none = those "
        "that the system trusts.",
    )
    qdrant_shards: int | None = Field(
        default=None,
        ge=1,
        description="Parts of a new collection on a Qdrant cluster; none = one a node.",
    )
    qdrant_replicas: int = Field(
        default=1, ge=1, description="Copies of each part of a new collection on a Qdrant cluster."
    )
    qdrant_write_consistency: int = Field(
        default=1, ge=1, description="Copies that must have a write before it counts as done."
    )
    model: str = Field(
        default="auto",
        description="Embedding model; auto = the library's own, for a new library CLAP if its "
        "weights are at hand, else the starter.",
    )
    host: str = Field(default="127.0.0.1", description="Address `foundsound serve` binds.")
    port: int = Field(default=8765, ge=0, le=65535, description="Port of `foundsound serve`.")
    ui_host: str = Field(default="127.0.0.1", description="Address the interface binds.")
    ui_port: int = Field(default=8501, ge=1, le=65535, description="Port of the interface.")
    ui_path_map: str = Field(
        default="",
        description="How the people at the interface reach the catalogue's folders: "
        "catalogue=theirs, pairs joined by a semicolon.",
    )
    api_url: str | None = Field(
        default=None,
        description="API that `foundsound ui` shows; none = that of this machine's library.",
    )
    api_token: str | None = Field(
        default=None, repr=False, description="Bearer token of an API on another machine."
    )

    api_key: str | None = Field(
        default=None,
        min_length=32,
        repr=False,
        description="One key of the API that allows everything, beside those of `foundsound keys`.",
    )

    log_format: Literal["text", "json"] = Field(
        default="text", description="What serve, watch and worker log: lines for people, or JSON."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="warning", description="From which level on; info has a line for each request."
    )
    otel_endpoint: str | None = Field(
        default=None,
        description="OpenTelemetry collector that gets traces of serve and worker, such as "
        "http://localhost:4318; none = no traces.",
    )
    metrics_host: str = Field(
        default="127.0.0.1", description="Address of the port with metrics; it asks for no key."
    )
    metrics_port: int | None = Field(
        default=None,
        ge=0,
        le=65535,
        description="Port on which serve, watch and worker tell metrics and health; none = not.",
    )

    threads: int = Field(
        default=0, ge=0, description="Decode and inference threads; 0 = one a core."
    )
    device: Literal["auto", "cpu", "cuda"] = Field(
        default="auto", description="Where CLAP runs; auto = on a GPU if it runs there."
    )
    clap_runtime: Literal[
        "auto",
        "openvino-int8",
        "openvino-bf16",
        "openvino-f32",
        "onnxruntime-int8-shared",
        "onnxruntime-int8",
        "onnxruntime",
        "torch-bf16",
        "torch-fp32",
    ] = Field(
        default="auto",
        description="What runs CLAP; auto = on a CPU the first of README's table that serves, on a "
        "GPU torch in half precision if that agrees.",
    )
    text_ensemble: bool = Field(
        default=False, description="CLAP averages four phrasings of a text query."
    )

    max_file_bytes: int = Field(default=32 * 2**30, ge=1, description="Larger files are refused.")
    max_duration_s: float = Field(default=24 * 3600, gt=0, description="Longer sounds are refused.")
    max_channels: int = Field(default=128, ge=1, description="More channels are refused.")
    max_decode_s: float = Field(default=3600, gt=0, description="Wall-clock limit of one decode.")
    decode_stall_s: float = Field(
        default=60, gt=0, description="A decoder that makes no progress for so long is ended."
    )

    max_decode_memory_bytes: int = Field(
        default=2 * 2**30,
        ge=64 * 2**20,
        description="A decoder that takes more memory for a file is ended.",
    )

    settle_s: float = Field(
        default=5, gt=0, description="A watched file is taken once it rested for so long."
    )
    poll_s: float = Field(
        default=60, ge=1, description="Between two scans of a root that is polled."
    )
    rescan_s: float = Field(
        default=900, ge=1, description="Between two scans of a root whose system tells of changes."
    )
    vanished_share: float = Field(
        default=0.5,
        gt=0,
        le=1,
        description="Of a root's files; if more vanish at once, it counts as offline.",
    )
    tombstone_days: float = Field(
        default=30, ge=0, description="After which deleted files are forgotten."
    )

    changes_days: float = Field(
        default=30, gt=0, description="How long the feed of changes goes back."
    )

    lease_s: float = Field(
        default=60, gt=0, description="A worker not heard of for so long loses its files to others."
    )
    max_attempts: int = Field(
        default=3,
        ge=1,
        description="Crashes, hangs or floods of memory after which a file is put in quarantine.",
    )

    translation_model: str | None = Field(
        default=None,
        description="Translation model of transformers that puts foreign queries into English: a "
        "directory, or a name in the Hugging Face cache; none = the glossary.",
    )
    webhook_allow: str = Field(
        default="",
        description="Private networks that webhooks may go to, such as 192.168.0.0/16; joined by "
        "commas. Public addresses are always allowed.",
    )
    webhook_timeout_s: float = Field(
        default=10, gt=0, le=30, description="How long one call of a webhook may take."
    )
    media_cache_bytes: int = Field(
        default=4 * 2**30,
        ge=2**20,
        description="Room in data_dir for what is made to hear and look at: renditions, waveforms, "
        "spectrograms.",
    )

    rate_limit: int = Field(
        default=6000,
        ge=0,
        description="Requests a minute that a key, or an address without one, may send to one "
        "process of an API that needs keys; 0 = any number.",
    )
    cors_origins: str = Field(
        default="",
        description="Origins whose pages may ask the API, such as https://tools.example; joined "
        "by commas.",
    )
    max_query_chars: int = Field(default=1000, ge=1, description="Longest text query.")
    max_limit: int = Field(default=1000, ge=1, description="Most hits one search may ask for.")
    max_upload_bytes: int = Field(default=256 * 2**20, ge=1, description="Largest uploaded clip.")
    max_query_audio_s: float = Field(default=600, gt=0, description="Longest reference clip.")

    @field_validator("qdrant_write_consistency")
    @classmethod
    def _has_as_many_copies(cls, copies: int, info: ValidationInfo) -> int:
        if copies > info.data.get("qdrant_replicas", copies):
            raise ValueError("there are fewer copies, see FOUNDSOUND_QDRANT_REPLICAS")
        return copies

    @field_validator("path_map")
    @classmethod
    def _is_path_map(cls, text: str) -> str:
        PathMap(text)
        return text

    @field_validator("webhook_allow")
    @classmethod
    def _are_networks(cls, text: str) -> str:
        _networks(text)
        return text

    @field_validator("cors_origins")
    @classmethod
    def _are_origins(cls, text: str) -> str:
        for origin in _listed(text):
            if not _ORIGIN.fullmatch(origin):
                raise ValueError(f"'{origin}' is no origin such as https://tools.example:8443")
        return text

    @property
    def allowed_origins(self) -> list[str]:
        """``cors_origins`` taken apart."""
        return _listed(self.cors_origins)

    @property
    def webhook_networks(self) -> list[IPv4Network | IPv6Network]:
        """``webhook_allow`` taken apart."""
        return _networks(self.webhook_allow)

    @property
    def thread_count(self) -> int:
        """``threads``, or the cores that this process may use."""
        if self.threads:
            return self.threads
        if hasattr(os, "sched_getaffinity"):
            return len(os.sched_getaffinity(0))
        return os.cpu_count() or 1


def _networks(text: str) -> list[IPv4Network | IPv6Network]:
    return [ip_network(each) for each in _listed(text)]


def _listed(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]


@lru_cache(maxsize=1)
def settings_from_environment() -> Settings:
    """The process's settings, read once.

    Raises:
        pydantic.ValidationError: a ``FOUNDSOUND_*`` variable does not fit its type or range.
    """
    return Settings()
