"""foundsound: semantic search over sound libraries."""

__version__ = "0.1.0"
