"""The bridge's table as a diagram, so that the documents cannot say otherwise than the code."""

from __future__ import annotations

from collections.abc import Iterator

from matcher.bridge import CLOSED, TABLE, Move
from matcher.vocabulary import CaseParty, CaseState

STARTS = (CaseState.PROPOSED, CaseState.AGREED)


def mermaid() -> str:
    """A Mermaid state diagram: every move with those who may make it, every state with its step and term."""
    return "\n".join(["stateDiagram-v2", *_states(), *_moves()])


def _states() -> Iterator[str]:
    for state, row in TABLE.items():
        label = CaseState(state).label
        if row.step is not None:
            label += f" · {row.step.action.text}（{row.step.party.label}，{row.step.workdays} 个工作日）"
        yield f"    {state.value} : {label}"


def _moves() -> Iterator[str]:
    for state in STARTS:
        yield f"    [*] --> {state.value}"
    for state, row in TABLE.items():
        for move in row.moves:
            yield f"    {state.value} --> {move.target.value} : {_who(move)}"
        if state not in CLOSED:
            yield f"    {state.value} --> {CaseState.ENDED.value} : 终止（原因码）"
    for state in sorted(CLOSED):
        yield f"    {state} --> [*]"


def _who(move: Move) -> str:
    who = "、".join(party.label for party in CaseParty if party in move.parties)
    needs = "、".join(guard.missing.text for guard in move.guards)
    return f"{who}；须：{needs}" if needs else who
