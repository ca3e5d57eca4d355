"""Alembic's entry: migrates on the connection that ``Catalog`` hands over."""

from alembic import context

from foundsound.catalog import alert_models as alert_models  # their tables count too
from foundsound.catalog import change_models as change_models
from foundsound.catalog import hearing_models as hearing_models
from foundsound.catalog import key_models as key_models
from foundsound.catalog import running_import as running_import
from foundsound.catalog import runs as runs
from foundsound.catalog import selections as selections
from foundsound.catalog import user_models as user_models
from foundsound.catalog import vectors_mark as vectors_mark
from foundsound.catalog import word_models as word_models
from foundsound.catalog.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
