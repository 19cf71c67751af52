"""Serve the API as tools for agents, by the Model Context Protocol: `make mcp`.

It speaks over stdin and stdout, as a host starts it, or with --http on a port of this machine.
SHOWREEL_URL has the address of the service, and SHOWREEL_API_KEY one of its API keys. Over HTTP,
each caller sends a key of its own as `Authorization: Bearer …`; that of the environment is unused.
"""

import argparse
import os
import sys
from contextlib import aclosing

import anyio
import uvicorn
from mcp import types
from mcp.server import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

from shared.http.openapi import VERSION, describe
from tools.mcp_server.operations import Operation, operations
from tools.mcp_server.service import Service, ToolError
from tools.service import INTERRUPTED

INSTRUCTIONS = """\
Showreel makes marketing videos from prompts. A campaign has slots, and each slot shows its
current video. New videos cost real money; each tool says what it costs. Estimate before you
create, and tell the user the price.
A video takes minutes. The tools that create one answer at once with its id. Read the video later,
at most every 10 seconds, until its status is completed or failed.
Repeating a call is safe: the same arguments are the same request for a week, which is paid once.
`content_url` plays the video for the user. If it needs an API key, read the video with
include=signed_url: its `signed_url` needs none, until it expires."""

Context = ServerRequestContext[Service]


def main() -> int:
    parser = argparse.ArgumentParser(prog="make mcp", description=__doc__)
    parser.add_argument("--http", type=int, metavar="PORT", help="serve http://127.0.0.1:PORT/mcp")
    port = parser.parse_args().http
    # The host of this process chooses them; they are no settings of an installation.
    environment = os.environ  # noqa: TID251  # The environment is read here alone.
    url = environment.get("SHOWREEL_URL") or "http://localhost:8000"
    key = environment.get("SHOWREEL_API_KEY")
    try:
        if port is None:
            anyio.run(_serve_stdio, serve(Service(url, f"Bearer {key}" if key else "")))
        else:
            app = serve(Service(url)).streamable_http_app(stateless_http=True, json_response=True)
            uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0


def serve(service: Service) -> Server[Service]:
    """Return a server whose tools are operations of the service."""
    by_name = operations(describe(base_url="/"))
    tools = [_tool(name, each) for name, each in by_name.items()]

    async def list_tools(
        _: Context, __: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        return types.ListToolsResult(tools=tools)

    async def call_tool(
        context: Context, params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        caller = context.request.headers.get("Authorization", "") if context.request else ""
        try:
            operation = by_name[params.name]
            texts = await service.call(params.name, operation, params.arguments or {}, caller)
        except KeyError:
            names = ", ".join(by_name)
            return types.CallToolResult(
                content=_content([f"The tools are: {names}."]), is_error=True
            )
        except ToolError as error:
            return types.CallToolResult(content=_content([str(error)]), is_error=True)
        return types.CallToolResult(content=_content(texts))

    return Server(
        "showreel",
        version=VERSION,
        instructions=INSTRUCTIONS,
        lifespan=lambda _: aclosing(service),
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def _tool(name: str, operation: Operation) -> types.Tool:
    return types.Tool(
        name=name,
        description=operation.description,
        input_schema=operation.arguments,
        annotations=types.ToolAnnotations(
            read_only_hint=operation.only_reads,
            destructive_hint=name.startswith("cancel_"),
            idempotent_hint=True,
        ),
    )


def _content(texts: list[str]) -> list[types.ContentBlock]:
    return [types.TextContent(type="text", text=text) for text in texts]


async def _serve_stdio(server: Server[Service]) -> None:
    if sys.stdin.isatty():
        print("Waiting for a host. docs/agents.md says how to add this to one.", file=sys.stderr)
    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())


if __name__ == "__main__":
    sys.exit(main())
