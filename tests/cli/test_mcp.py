"""``foundsound mcp``, as an assistant meets it: a real process, over stdin and stdout."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters
from mcp.types import CallToolResult

from foundsound.catalog.identity import content_id
from tests.process import COMMAND, Cli

TOOLS = {"search", "similar", "classify", "get_audio_path"}


def server(cli: Cli) -> StdioServerParameters:
    return StdioServerParameters(
        command=COMMAND[0], args=[*COMMAND[1:], "mcp"], env=cli.environment
    )


async def answer(client: Client, tool: str, **asked: Any) -> Any:
    result = await client.call_tool(tool, asked)
    assert isinstance(result, CallToolResult)
    assert not result.is_error, result
    return result.structured_content


async def refusal(client: Client, tool: str, **asked: Any) -> str:
    result = await client.call_tool(tool, asked)
    assert isinstance(result, CallToolResult)
    assert result.is_error
    return " ".join(getattr(each, "text", "") for each in result.content)


async def use(cli: Cli, sounds: Path) -> None:
    async with Client(server(cli)) as client:
        listed = (await client.list_tools()).tools
        assert {tool.name for tool in listed} == TOOLS
        assert all(tool.description and tool.annotations for tool in listed)
        found = await answer(client, "search", text="fmt:wav,flac", limit=5)
        paths = [each["path"] for each in found["sounds"]]
        assert sorted(paths) == [str(sounds / "noise.wav"), str(sounds / "tone.flac")]
        sound = content_id(bytes(sounds / "tone.flac"), 2**30)
        near = await answer(client, "similar", sound_id=sound, limit=3)
        assert sound not in [each["sound_id"] for each in near["sounds"]]
        labels = ["a pure tone", "white noise"]
        asked = {"sound_id": sound, "labels": labels, "none_of_these": False}
        fits = (await answer(client, "classify", **asked))["result"]
        assert sorted(each["label"] for each in fits) == labels
        assert sum(each["score"] for each in fits) == pytest.approx(1.0, abs=0.01)
        told = await answer(client, "get_audio_path", sound_id=sound)
        assert (told["paths"], told["readable"]) == ([str(sounds / "tone.flac")], True)
        assert "no sound 0123" in await refusal(client, "get_audio_path", sound_id="0123")
        assert "dur" in await refusal(client, "search", text="dur:never")


async def find_and_open(cli: Cli, sounds: Path) -> None:
    async with Client(server(cli)) as client:
        found = await answer(client, "search", text="fmt:wav")
        (sound,) = [each["sound_id"] for each in found["sounds"]]
        told = await answer(client, "get_audio_path", sound_id=sound)
        assert told["paths"] == [str(sounds / "noise.wav")]
        # Between two calls anybody may have the library.
        assert cli.json("search", "fmt:wav")["hits"][0]["sound_id"] == sound


def test_an_assistant_opens_the_library_for_each_call(cli: Cli, sounds: Path) -> None:
    assert cli.run("index", sounds).returncode == 0
    asyncio.run(find_and_open(cli, sounds))


def test_an_assistant_asks_the_process_that_serves(cli: Cli, sounds: Path) -> None:
    assert cli.run("index", sounds).returncode == 0
    with cli.serving():
        asyncio.run(use(cli, sounds))


async def meet_nothing(cli: Cli) -> None:
    async with Client(server(cli)) as client:
        told = await refusal(client, "search", text="rain")
        assert "The library is empty" in told


def test_an_empty_library_is_said_to_be(cli: Cli) -> None:
    asyncio.run(meet_nothing(cli))
