"""``foundsound mcp``: the library as tools for an assistant, over the Model Context Protocol."""

from foundsound.cli.settings import command_settings
from foundsound.errors import FoundsoundError

MISSING = "The MCP server needs the mcp package: pip install 'foundsound[mcp]'"


def mcp() -> None:
    """Serve search, similar, classify and get_audio_path as MCP tools on stdin and stdout.

    An assistant starts it; a library that foundsound serve has open answers at once.
    """
    settings = command_settings()
    try:
        from foundsound.cli.mcp_tools import make_server
    except ModuleNotFoundError as error:
        raise FoundsoundError(MISSING) from error
    make_server(settings).run("stdio")
