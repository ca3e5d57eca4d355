"""LAION's original ``.pt`` checkpoints, run by the model classes of the ``laion-clap`` package."""
