"""Writes the typed client's models and operations from the API's OpenAPI document.

``make client`` runs it; a test holds what lies in ``foundsound_client`` equal to what it writes.
"""

import keyword
import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from foundsound.library import Library
from foundsound.settings import Settings
from search_api.app import create_app

HEADER = '"""{what} Written by ``make client``: change the API instead."""\n'
LEFT_OUT = ("Body_", "HTTPValidationError", "ValidationError")
PLAIN = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "null": "None",
    "object": "dict[str, Any]",
}
Schema = Mapping[str, Any]


def client_code(openapi: Schema) -> dict[str, str]:
    """The modules ``models.py`` and ``operations.py`` as text."""
    return {"models.py": _models(openapi), "operations.py": _operations(openapi)}


def api_document() -> dict[str, Any]:
    """The OpenAPI document of a server over an empty library."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), model="starter-bridge", database_url=None)
        with Library(settings.model_copy(update={"qdrant_url": None})) as library:
            return create_app(library).openapi()


def _models(openapi: Schema) -> str:
    schemas = openapi["components"]["schemas"]
    parts = [
        HEADER.format(what="What the API takes and answers."),
        "from __future__ import annotations",
        "from datetime import datetime\nfrom typing import Any, Literal",
        "import pydantic",
        "from foundsound_client.base import Model\n",
    ]
    for name, schema in sorted(schemas.items()):
        if not name.startswith(LEFT_OUT):
            parts.append(_model(name, schema))
    return "\n\n".join(parts)


def _model(name: str, schema: Schema) -> str:
    if schema.get("type") != "object" or "properties" not in schema:
        return f"{_class(name)} = {_type(schema, '')}"
    lines = [f"class {_class(name)}(Model):", f'    """{_summary(schema, name)}"""\n']
    required = set(schema.get("required", ()))
    for field, shape in schema["properties"].items():
        lines.append(f"    {_field(field, shape, field in required)}")
    return "\n".join(lines)


def _field(name: str, shape: Schema, required: bool) -> str:
    python = _identifier(name)
    type_ = _type(shape, "")
    given = [f'alias="{name}"'] if python != name else []
    default = shape.get("default")
    if not required:
        if isinstance(default, dict) and not type_.startswith("dict"):
            given.insert(0, f"default_factory=lambda: {type_}.model_validate({default!r})")
        elif isinstance(default, list | dict):
            given.insert(0, f"default_factory=lambda: {default!r}")
        else:
            given.insert(0, f"default={default!r}")
            if default is None and "None" not in type_.split(" | "):
                type_ += " | None"
        if len(given) == 1 and given[0].startswith("default="):
            return f"{python}: {type_} = {given[0].removeprefix('default=')}"
    return f"{python}: {type_}" + (f" = pydantic.Field({', '.join(given)})" if given else "")


def _operations(openapi: Schema) -> str:
    lines = [
        HEADER.format(what="Every operation of the API as a method."),
        "from __future__ import annotations\n",
        "from collections.abc import Iterator, Sequence",
        "from contextlib import AbstractContextManager",
        "from typing import Any, Literal\n",
        "from foundsound_client import models",
        "from foundsound_client.base import Caller, Upload\n\n",
        "class Operations(Caller):",
        '    """Methods are called after verb and path; what is not given is not sent."""\n',
    ]
    for path, verbs in openapi["paths"].items():
        for verb, operation in verbs.items():
            lines += [*_method(verb, path, operation, openapi), ""]
    return "\n".join(lines[:-1]) + "\n"


def _method(verb: str, path: str, operation: Schema, openapi: Schema) -> Iterator[str]:
    parameters = operation.get("parameters", [])
    in_path = [each for each in parameters if each["in"] == "path"]
    in_query = [each for each in parameters if each["in"] == "query"]
    form, body = _request(operation, openapi)
    named = [f"{_identifier(each['name'])}: {_type(each['schema'])}" for each in in_path]
    if body is not None:
        named.append(f"body: {body}")
    free = [_argument(each["name"], each["schema"], each.get("required")) for each in in_query]
    wanted = set(form.get("required", ()))
    free += [
        _argument(name, shape, name in wanted) for name, shape in form.get("properties", {}).items()
    ]
    free.sort(key=lambda argument: "=" in argument)
    arguments = ", ".join(["self", *named, *(["*", *free] if free else [])])
    answer, streamed = _answer(operation)
    yield f"    def {_name(verb, path)}({arguments}) -> {answer}:"
    yield f'        """{_summary(operation, operation["summary"])}"""'
    sent = [f'"{verb.upper()}"', _path(path)]
    if in_query:
        sent.append(f"query={_pairs(each['name'] for each in in_query)}")
    if body is not None:
        sent.append("body=body")
    if form:
        sent.append(f"form={_pairs(form['properties'])}")
    if streamed:
        yield f"        return self._stream({', '.join(sent)})"
    elif answer == "None":
        yield f"        self._call({', '.join(sent)})"
    else:
        yield f"        return self._read({answer}, {', '.join(sent)})"


def _request(operation: Schema, openapi: Schema) -> tuple[Schema, str | None]:
    """The form's schema, empty without one, and the type of a JSON body."""
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        return {}, _type(content["application/json"]["schema"])
    if "multipart/form-data" in content:
        reference = content["multipart/form-data"]["schema"]["$ref"]
        schema: Schema = openapi["components"]["schemas"][reference.rpartition("/")[2]]
        return schema, None
    return {}, None


def _answer(operation: Schema) -> tuple[str, bool]:
    """The type of the answer, and whether it comes as a stream of bytes."""
    content = next(
        each.get("content", {})
        for status, each in operation["responses"].items()
        if status.startswith("2")
    )
    if not content:
        return "None", False
    if "application/json" not in content:
        return "AbstractContextManager[Iterator[bytes]]", True
    return _type(content["application/json"].get("schema", {}), many="list"), False


def _argument(name: str, shape: Schema, required: bool | None) -> str:
    type_ = _type(shape)
    if required:
        return f"{_identifier(name)}: {type_}"
    if "None" not in type_.split(" | "):
        type_ += " | None"
    return f"{_identifier(name)}: {type_} = None"


def _type(schema: Schema, module: str = "models.", many: str = "Sequence") -> str:
    """A schema as a type.

    Args:
        module: where models stand; empty within their own, whose values are read.
        many: what an array is called.
    """
    if "$ref" in schema:
        return module + _class(schema["$ref"].rpartition("/")[2])
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return " | ".join(dict.fromkeys(_type(each, module) for each in schema[several]))
    if "const" in schema:
        return f"Literal[{schema['const']!r}]"
    if "enum" in schema:
        return f"Literal[{', '.join(map(repr, schema['enum']))}]"
    kind = schema.get("type")
    if schema.get("format") == "binary" or "contentMediaType" in schema:
        return "Upload"
    if kind == "string" and schema.get("format") == "date-time":
        return "datetime" if not module else "str"
    if kind == "array":
        if "prefixItems" in schema:
            items = ", ".join(_type(each, module) for each in schema["prefixItems"])
            return f"tuple[{items}]"
        return f"{many if module else 'list'}[{_type(schema.get('items', {}), module, many)}]"
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"dict[str, {_type(schema['additionalProperties'], module)}]"
    return PLAIN.get(str(kind), "Any")


def _name(verb: str, path: str) -> str:
    words = [verb]
    for segment in path.strip("/").split("/"):
        parameter = segment.startswith("{")
        words.append(f"by_{segment[1:-1]}" if parameter else re.sub(r"\W+", "_", segment))
    return "_".join(words)


def _path(path: str) -> str:
    if "{" not in path:
        return f'"{path}"'
    return 'f"' + re.sub(r"\{(\w+)\}", r"{self._segment(\1)}", path) + '"'


def _pairs(names: Any) -> str:
    return "{" + ", ".join(f'"{name}": {_identifier(name)}' for name in names) + "}"


def _identifier(name: str) -> str:
    clashes = keyword.iskeyword(name) or hasattr(BaseModel, name) or name in ("self", "body")
    return f"{name}_" if clashes else name


def _class(name: str) -> str:
    return re.sub(r"\W", "", name)


def _summary(schema: Schema, fallback: str) -> str:
    text = str(schema.get("description") or f"{fallback}.").split("\n\n")[0]
    text = " ".join(text.split()).replace("\\", "\\\\").replace('"', "'")
    return text if text.endswith((".", ":", "?")) else f"{text}."


def main() -> None:
    """Write the client's modules."""
    for name, text in client_code(api_document()).items():
        (Path("foundsound_client") / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
