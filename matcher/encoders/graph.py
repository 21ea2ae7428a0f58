"""A BERT encoder of named arrays as an ONNX graph whose matrices are whole numbers of 7 bits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from onnx import ModelProto, TensorProto, helper

from matcher.encoders.weights import Floats, Sizes

INPUT, OUTPUT = "embedded", "pooled"
CONTRIBUTED = "com.microsoft"  # operators that onnxruntime adds to the standard's
OPSETS = {"": 20, CONTRIBUTED: 1}
IR_VERSION = 10
TOP = 63  # 7 bits: with 8, processors without VNNI cut off sums, and the same text had another vector there


class _Graph:
    """Nodes and constants so far; every method returns the name of what it adds."""

    def __init__(self, sizes: Sizes, arrays: Mapping[str, Floats]) -> None:
        self.sizes, self.arrays = sizes, arrays
        opsets = [helper.make_opsetid(domain, number) for domain, number in OPSETS.items()]
        self.model = ModelProto(ir_version=IR_VERSION, opset_import=opsets)  # filled in place: no second copy
        self.model.graph.name = "encoder"

    def constant(self, name: str, values: np.ndarray) -> str:
        kind = helper.np_dtype_to_tensor_dtype(values.dtype)
        self.model.graph.initializer.add(
            name=name, data_type=kind, dims=values.shape, raw_data=values.tobytes()
        )
        return name

    def node(self, kind: str, inputs: list[str], name: str, **options: Any) -> str:
        domain = str(options.pop("domain", ""))
        self.model.graph.node.append(helper.make_node(kind, inputs, [name], domain=domain, **options))
        return name

    def norm(self, place: str, name: str) -> str:
        """Layer normalisation; apart from its addition, since the joint operator is six times as slow."""
        weight, bias = (self.constant(f"{name}.{part}", self.arrays[f"{name}.{part}"]) for part in "wb")
        options: dict[str, Any] = {"axis": -1, "epsilon": self.sizes.epsilon}
        return self.node("LayerNormalization", [place, weight, bias], f"{name}.out", **options)

    def linear(self, place: str, name: str, *parts: str) -> str:
        """Product with the matrix (its parts one below the other) and its bias; activations in 8 bits of one scale."""
        matrix = np.concatenate([self.arrays[f"{part}.w"] for part in parts or (name,)])
        bias = np.concatenate([self.arrays[f"{part}.b"] for part in parts or (name,)])
        scales, whole = quantised(matrix)
        inputs = [
            place,
            self.constant(f"{name}.w", whole.T),
            self.constant(f"{name}.scale", scales),
            "",
            self.constant(f"{name}.b", bias),
        ]
        return self.node("DynamicQuantizeMatMul", inputs, f"{name}.out", domain=CONTRIBUTED)

    def attention(self, place: str, layer: str) -> str:
        """What every token takes from the others of its text."""
        names = [f"{layer}.{part}" for part in "qkv"]
        joint = self.linear(place, f"{layer}.qkv", *names)
        self.model.graph.node.append(helper.make_node("Split", [joint], names, axis=-1, num_outputs=3))
        options = {"domain": CONTRIBUTED, "num_heads": self.sizes.heads}
        return self.node("MultiHeadAttention", names, f"{layer}.heads", **options)

    def layer(self, place: str, layer: str) -> str:
        """One layer after another of the twelve."""
        heads = self.linear(self.attention(place, layer), f"{layer}.ao")
        place = self.norm(self.node("Add", [place, heads], f"{layer}.with_ao"), f"{layer}.aln")
        inner = self.node("Gelu", [self.linear(place, f"{layer}.fi")], f"{layer}.gelu", domain=CONTRIBUTED)
        outer = self.linear(inner, f"{layer}.fo")
        return self.norm(self.node("Add", [place, outer], f"{layer}.with_fo"), f"{layer}.oln")


def quantised(matrix: Floats) -> tuple[Floats, np.ndarray]:
    """One scale a row, and the row's values in whole numbers from -63 to 63."""
    scales = np.abs(matrix).max(axis=1) / TOP
    scales[scales == 0] = 1
    return scales.astype(np.float32), np.rint(matrix / scales[:, None]).astype(np.int8)


def build(sizes: Sizes, arrays: Mapping[str, Floats]) -> bytes:
    """The graph, serialised: embedded tokens (texts, tokens, width) of texts equally long to means (texts, width)."""
    graph = _Graph(sizes, arrays)
    place = graph.norm(INPUT, "emb.ln")
    for index in range(sizes.layers):
        place = graph.layer(place, f"l{index}")
    axes = graph.constant("axes", np.array([1], dtype=np.int64))
    graph.node("ReduceMean", [place, axes], OUTPUT, keepdims=0)
    given: list[str | int | None] = ["texts", "tokens", sizes.width]
    made: list[str | int | None] = ["texts", sizes.width]
    graph.model.graph.input.append(helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, given))
    graph.model.graph.output.append(helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, made))
    return bytes(graph.model.SerializeToString())
