"""The agreement of a record, its receipts for the owner, those of a case, and the owner's whole chain as a file."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, stream_with_context, url_for
from flask_babel import gettext as _
from flask_login import login_required
from werkzeug.wrappers import Response as BaseResponse

from matcher.actions.disclosure import accept_agreement, withdraw_agreement
from matcher.disclosure import receipts as chain
from matcher.disclosure.agreement import LANGUAGES, agreement
from matcher.disclosure.export import export_lines
from matcher.errors import Conflict, NotAllowed
from matcher.models import MODELS, Organisation
from matcher.permissions import allowed, find, require
from web.cards import title_of
from web.cases.frame import frame_of
from web.cases.page import find_case
from web.disclosure.presentation import heads, reader_in_case, reader_of, receipt_kind, row_of
from web.limits import limited
from web.locale import current_language, translated
from web.records.views import KINDS, find_shown
from web.session import current_actor, reading, refresh
from web.sheets import attachment

blueprint = Blueprint("disclosure", __name__)
blueprint.add_app_template_filter(receipt_kind)
RECORD = "/<any(needs, achievements):folder>/<int:record_id>"


@blueprint.get(f"{RECORD}/agreement")
@login_required
def agree(folder: str, record_id: int) -> str:
    """The agreement to read, and whether one has accepted it."""
    return _agreement_page(folder, record_id)


def _agreement_page(folder: str, record_id: int, error: str = "", notice: str = "") -> str:
    record, actor = find_shown(folder, record_id), current_actor()
    require(actor, "record.open_detail", record)
    accepted = chain.acceptance(reading(), actor, record)
    return render_template(
        "disclosure/agreement.html",
        record=record,
        folder=folder,
        title=title_of(record),
        text=agreement(accepted.agreement_lang if accepted else current_language()),
        accepted=accepted,
        until=chain.valid_until(accepted) if accepted else None,
        needed=chain.needs_agreement(actor, record) and bool(record.detail_restricted),
        error=error,
        notice=notice,
    )


@blueprint.post(f"{RECORD}/agreement")
@limited("enquiry")
@login_required
def accept(folder: str, record_id: int) -> BaseResponse | tuple[str, int]:
    """Accept the text that was shown; a second press of the button changes nothing."""
    if request.form.get("accept") != "yes":
        return _agreement_page(folder, record_id, error=_("请阅读后勾选“我接受”。")), 422
    lang = request.form.get("lang", "")
    version = request.form.get("version", "")
    try:
        accept_agreement(
            current_actor(), KINDS[folder], record_id, version, lang if lang in LANGUAGES else LANGUAGES[0]
        )
    except Conflict as error:
        return _already(folder, record_id, error)
    flash(_("已接受保密承诺。现在可以打开受限详情。"), "ok")
    return _to_record(folder, record_id)


def _to_record(folder: str, record_id: int) -> BaseResponse:
    return redirect(url_for("records.show", folder=folder, record_id=record_id, _anchor="detail"), 303)


def _already(folder: str, record_id: int, error: Conflict) -> BaseResponse | tuple[str, int]:
    refresh()
    record: Any = find_shown(folder, record_id)
    if chain.acceptance(reading(), current_actor(), record) is not None:
        return _to_record(folder, record_id)
    return _agreement_page(folder, record_id, notice=translated(error.message)), 409


@blueprint.post(f"{RECORD}/agreement/withdraw")
@limited("enquiry")
@login_required
def withdraw(folder: str, record_id: int) -> BaseResponse | tuple[str, int]:
    """Open it no more."""
    try:
        withdraw_agreement(current_actor(), KINDS[folder], record_id)
    except Conflict as error:
        refresh()
        return _agreement_page(folder, record_id, notice=translated(error.message)), 409
    flash(_("已撤回保密承诺，不能再打开这条记录的受限详情。"), "ok")
    return redirect(url_for("disclosure.agree", folder=folder, record_id=record_id), 303)


@blueprint.get(f"{RECORD}/receipts")
@login_required
def of_record(folder: str, record_id: int) -> str:
    """Who accepted and opened what of this record, for its owner and the operators."""
    record: Any = find(reading(), current_actor(), "disclosure.read", MODELS[KINDS[folder]], record_id)
    return render_template(
        "disclosure/of_record.html",
        record=record,
        title=title_of(record),
        receipts=[(each, reader_of(each)) for each in chain.receipts_of_record(reading(), record)],
        head=chain.head_of(reading(), record.organisation_id),
        may_export=allowed(current_actor(), "disclosure.export", record.organisation),
    )


@blueprint.get("/cases/<int:case_id>/disclosure")
@login_required
def of_case(case_id: int) -> str:
    """What the people of a case have accepted and opened of its two records."""
    case, actor = find_case(case_id), current_actor()
    found = chain.receipts_of_case(reading(), case)
    return render_template(
        "disclosure/of_case.html",
        frame=frame_of(case),
        receipts=[(each, reader_in_case(each, case, actor.org_id)) for each in found],
        records=[
            (folder, record, allowed(actor, "disclosure.read", record))
            for folder, record in (("needs", case.need), ("achievements", case.achievement))
        ],
    )


def _owner() -> Organisation:
    owner = reading().get(Organisation, current_actor().org_id or 0)
    if owner is None:
        raise NotAllowed
    require(current_actor(), "disclosure.export", owner)
    return owner


@blueprint.get("/receipts.jsonl")
@login_required
def export() -> Response:
    """The reader's organisation's whole chain, to be checked with `daqiao verify receipts`."""
    lines = export_lines(reading(), _owner())
    response = Response(stream_with_context(lines), mimetype="application/jsonl")
    response.headers["Content-Disposition"] = 'attachment; filename="receipts.jsonl"'
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/receipts.xlsx")
@login_required
def export_table() -> Response:
    """The same chain as a table to read."""
    owner = _owner()
    head = chain.head_of(reading(), owner.id)
    rows = (row_of(each) for each in chain.chain_of(reading(), owner.id, head.number))
    return attachment("receipts.xlsx", _("披露留痕"), heads(), rows)
