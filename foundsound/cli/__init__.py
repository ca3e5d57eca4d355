"""The ``foundsound`` command line."""

import gc

# By default the collector looks for cycles every 700 objects: a tenth of a command's start, which
# makes nothing but what stays, and a fifth of a query's cost.
gc.set_threshold(50_000, 20, 100)
