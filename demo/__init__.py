"""The demo library: real recordings out of public packages, and sounds computed here."""
