"""A contract's page: draft it, fill it in, take up the proposed type, fetch its papers; the list of one's contracts."""

from __future__ import annotations

import io
from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import login_required
from werkzeug.wrappers import Response

from matcher.actions import contracts as actions
from matcher.contracts.lists import Subtype
from matcher.contracts.papers import contract_paper, registration_paper
from matcher.errors import Conflict, Invalid, NotFound, Stale
from matcher.inputs.base import parse
from matcher.inputs.contracts import ContractInput
from matcher.models import Case, Contract
from matcher.papers.pdf import pdf
from matcher.papers.word import docx
from web.attempts import Attempt, attempt
from web.cases.frame import frame_of
from web.cases.page import find_case
from web.contracts.forms import ContractForm
from web.contracts.page import contract_of, contract_page
from web.contracts.typed import change_rows, given, kind_of, open_form, refuse
from web.locale import translated
from web.session import current_actor, refresh
from web.uploads import guarded

blueprint = Blueprint("contracts", __name__)
Answer = Response | str | tuple[str, int]
PAPERS = {"contract": contract_paper, "registration": registration_paper}
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def found_contract(case_id: int) -> tuple[Case, Contract]:
    """The case and its contract, if this person may read them."""
    case = find_case(case_id, "contract.read")
    contract = contract_of(case)
    if contract is None:
        raise NotFound
    return case, contract


def answered(case_id: int, tried: Attempt, said: str, part: str = "", **forms: object) -> Answer:
    """Back to the page when it went well, the page with what was typed when not."""
    if not tried.done:
        return contract_page(find_case(case_id, "contract.read"), tried.notice, **forms), tried.status
    flash(said, "ok")
    return redirect(url_for("contracts.of_case", case_id=case_id, _anchor=part or None), 303)


def tried_on(act: Callable[[], object], form: object = None) -> Attempt:
    """`attempt`, with a sentence for whoever saw an older contract."""
    try:
        return attempt(act, form)  # type: ignore[arg-type]  # forms of Flask-WTF have no types
    except Stale:
        refresh()
        notice = _("您打开之后，别人更新了合同。下面是最新内容，您填写的还在，请核对后再提交。")
        return Attempt(done=False, status=409, notice=notice)


def sent_version() -> int:
    """The version that a form was made for."""
    return request.form.get("version", type=int) or 0


@blueprint.get("/cases/<int:case_id>/contract")
@login_required
def of_case(case_id: int) -> str:
    """Where the contract stands, what it lacks, what followed."""
    return contract_page(find_case(case_id, "contract.read"))


@blueprint.post("/cases/<int:case_id>/contract")
@login_required
def draft(case_id: int) -> Answer:
    """Begin the contract with what the case knows."""
    find_case(case_id, "contract.read")
    kind = kind_of(request.form.get("kind", ""))
    tried = attempt(lambda: actions.draft_contract(current_actor(), case_id, kind))
    if not tried.done:
        return contract_page(find_case(case_id, "contract.read"), tried.notice), tried.status
    return redirect(url_for("contracts.edit", case_id=case_id), 303)


@blueprint.route("/cases/<int:case_id>/contract/edit", methods=["GET", "POST"])
@login_required
def edit(case_id: int) -> Answer:
    """Fill it in. Rows are added and removed without saving."""
    case, contract = found_contract(case_id)
    form = open_form(contract)
    if request.method == "GET":
        return _edit_page(case, contract, form)
    if order := request.form.get("rows", ""):
        change_rows(form, order)
        return _edit_page(case, contract, form)
    try:
        values = parse(ContractInput, given(form))
        actions.save_contract(current_actor(), case_id, sent_version(), values)
    except Invalid as error:
        refuse(form, error)
        return _edit_page(case, contract, form), 422
    except Conflict as error:
        return _edit_page(case, contract, form, translated(error.message)), 409
    except Stale:
        return _stale(case_id, form)
    flash(_("合同已保存。"), "ok")
    return redirect(url_for("contracts.of_case", case_id=case_id), 303)


def _stale(case_id: int, form: ContractForm) -> Answer:
    """Somebody saved meanwhile: the same content twice is once, other content is to be looked at."""
    refresh()
    case, contract = found_contract(case_id)
    stored = {name: getattr(contract, name) for name in ContractInput.model_fields}
    if parse(ContractInput, given(form)).values() == parse(ContractInput, stored).values():
        return redirect(url_for("contracts.of_case", case_id=case_id), 303)
    form.version.data = contract.version
    notice = _("在您填写期间，别人先保存了修改。您填写的还在下面；再次保存，会用您的内容替换对方的。")
    return _edit_page(case, contract, form, notice), 409


def _edit_page(case: Case, contract: Contract, form: ContractForm, notice: str = "") -> str:
    return render_template(
        "contracts/edit.html",
        case=case,
        frame=frame_of(case),
        contract=contract,
        form=form,
        notice=notice or " ".join(map(str, form.form_errors)),
    )


@blueprint.post("/cases/<int:case_id>/contract/clauses")
@login_required
def add_clauses(case_id: int) -> Answer:
    """Add the type's clauses that are not there yet."""
    found_contract(case_id)
    tried = tried_on(lambda: actions.add_clauses(current_actor(), case_id, sent_version()))
    return answered(case_id, tried, _("范本条款已补上，原有条款没有改动。"))


@blueprint.post("/cases/<int:case_id>/contract/type")
@login_required
def adopt(case_id: int) -> Answer:
    """Take up the proposed type."""
    found_contract(case_id)
    kind, code = kind_of(request.form.get("type", "")), request.form.get("subtype", "")
    if kind is None:
        return contract_page(find_case(case_id, "contract.read"), _("请选择合同类别。")), 422
    subtype = Subtype(code) if code in set(Subtype) else None
    tried = tried_on(lambda: actions.adopt_type(current_actor(), case_id, sent_version(), kind, subtype))
    return answered(case_id, tried, _("合同类别已采用。"))


@blueprint.get("/cases/<int:case_id>/contract/<any(contract, registration):paper>.<any(docx, pdf):ending>")
@login_required
def paper(case_id: int, paper: str, ending: str) -> Response:
    """The draft or the 登记表, made of what is stored now: nothing is kept, so nothing can differ from the contract."""
    case, contract = found_contract(case_id)
    made = PAPERS[paper](contract)
    content = docx(made) if ending == "docx" else pdf(made, contract.updated_at)
    name = f"{case.number}-{made.title}.{ending}"
    media = WORD if ending == "docx" else "application/pdf"
    return guarded(send_file(io.BytesIO(content), media, as_attachment=True, download_name=name))
