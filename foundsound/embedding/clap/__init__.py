"""LAION CLAP: pinned checkpoints, an exact front-end, interchangeable runtimes."""
