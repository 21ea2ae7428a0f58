"""The OpenAPI 3.1 document, made from the operations' own models."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from flask import Flask
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from web.api.operation import OPERATIONS, PROBLEMS, Operation
from web.api.schemas import Problem

REF = "#/components/schemas/{model}"
ALWAYS = (400, 401, 429, 503)


def _models() -> list[tuple[type[BaseModel], Any]]:
    found: dict[tuple[type[BaseModel], str], None] = {(Problem, "serialization"): None}
    for operation in OPERATIONS.values():
        for model in operation.answers.values():
            if model is not None:
                found[model, "serialization"] = None
        if operation.body is not None:
            found[operation.body, "validation"] = None
    return list(found)


def _parameters(operation: Operation, path: str) -> list[dict[str, Any]]:
    parameters: list[dict[str, Any]] = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "integer", "minimum": 1, "maximum": 2**31 - 1},
        }
        for name in re.findall(r"\{(\w+)\}", path)
    ]
    if operation.query is not None:
        schema = operation.query.model_json_schema()
        parameters += [
            {"name": name, "in": "query", "required": name in schema.get("required", ()), "schema": part}
            for name, part in schema["properties"].items()
        ]
    if operation.if_match:
        parameters.append(
            {"name": "If-Match", "in": "header", "required": True, "schema": {"type": "string"}}
        )
    return parameters


def _content(model: type[BaseModel], keys: dict[Any, Any], mode: str) -> dict[str, Any]:
    return {"application/json": {"schema": keys[model, mode]}}


FILE = {"type": "string", "format": "binary"}


def _add_files(keys: dict[Any, Any], schemas: dict[str, Any]) -> None:
    """A body that comes as a form has its file beside its fields."""
    for operation in OPERATIONS.values():
        if operation.upload and operation.body is not None:
            schema = schemas[keys[operation.body, "validation"]["$ref"].rpartition("/")[2]]
            schema["properties"]["file"] = FILE
            schema["required"] = [*schema.get("required", ()), "file"]


def _responses(operation: Operation, keys: dict[Any, Any], *, has_path: bool) -> dict[str, Any]:
    responses: dict[str, Any] = {}
    for code, model in operation.answers.items():
        responses[str(code)] = {"description": "OK"} | (
            {"content": _content(model, keys, "serialization")} if model else {}
        )
        if operation.binary and code == 200:
            responses["200"]["content"] = {"*/*": {"schema": {"type": "string", "format": "binary"}}}
        if operation.etag and code in (200, 201):
            responses[str(code)]["headers"] = {"ETag": {"schema": {"type": "string"}}}
    codes = {*ALWAYS, *operation.problems}
    codes |= {422} if operation.query or operation.body else set()
    codes |= {413, 415} if operation.body and not operation.upload else set()
    codes |= {404} if has_path else set()
    codes |= {412, 428} if operation.if_match else set()
    for code in sorted(codes):
        responses[str(code)] = {
            "description": PROBLEMS[code],
            "content": {"application/problem+json": {"schema": keys[Problem, "serialization"]}},
        }
    return responses


def _described(operation: Operation, name: str, path: str, keys: dict[Any, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": name,
        "summary": operation.summary,
        "parameters": _parameters(operation, path),
        "responses": _responses(operation, keys, has_path="{" in path),
        "security": [{"token": []}] if operation.token else [{}, {"token": []}],
    }
    if operation.body is not None:
        content = _content(operation.body, keys, "validation")
        if operation.upload:
            content = {"multipart/form-data": content["application/json"]}
        described["requestBody"] = {"required": True, "content": content}
    return described


@lru_cache(maxsize=4)
def document(app: Flask, base: str) -> dict[str, Any]:
    """The whole document for the routes that `app` serves, with `base` as the server's address."""
    keys, schemas = models_json_schema(_models(), ref_template=REF)
    _add_files(keys, schemas["$defs"])
    paths: dict[str, dict[str, Any]] = {}
    for rule in app.url_map.iter_rules():
        name = rule.endpoint.removeprefix("api.")
        if not rule.endpoint.startswith("api.") or name not in OPERATIONS:
            continue
        path = re.sub(r"<(?:[^:<>]+:)?(\w+)>", r"{\1}", rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            paths.setdefault(path, {})[method.lower()] = _described(OPERATIONS[name], name, path, keys)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Daqiao 搭桥",
            "version": "1",
            "description": "Needs, achievements, matches and bridge cases. Send `Authorization: Bearer dq_…`.",
        },
        "servers": [{"url": base}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }
