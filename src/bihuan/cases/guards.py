"""The database refuses to change or delete what is written once: steps, attachments, proposals, regroupings, handovers, rules,
terms, routes, templates and numbers of papers.

Tampering is found by `bihuan cases verify`.
"""

from bihuan.registry.append_only import AppendOnly

_GUARD = AppendOnly(
    ("cases_step", "cases_attachment"), "cases_append_only", "办理记录只能追加, 不能修改或删除"
)
create, drop = _GUARD.create, _GUARD.drop
_PROPOSALS = AppendOnly(
    ("cases_proposal",), "cases_proposals_append_only", "判定建议只能追加, 不能修改或删除"
)
guard_proposals, free_proposals = _PROPOSALS.create, _PROPOSALS.drop
_REGROUPINGS = AppendOnly(
    ("cases_regrouping",), "cases_regroupings_append_only", "归并记录只能追加, 不能修改或删除"
)
guard_regroupings, free_regroupings = _REGROUPINGS.create, _REGROUPINGS.drop
_HANDOVERS = AppendOnly(
    ("cases_handover", "cases_takeover"), "cases_handovers_append_only", "交接班记录签字后不能修改或删除"
)
guard_handovers, free_handovers = _HANDOVERS.create, _HANDOVERS.drop
_RULES = AppendOnly(("cases_ruleversion",), "cases_rules_append_only", "规则的历次设定不能修改或删除")
guard_rules, free_rules = _RULES.create, _RULES.drop
_TERMS = AppendOnly(("cases_termversion",), "cases_terms_append_only", "时限规则的历次设定不能修改或删除")
guard_terms, free_terms = _TERMS.create, _TERMS.drop
_PAPERS = AppendOnly(
    ("cases_templateversion", "cases_numberrule", "cases_issuedpaper"),
    "cases_papers_append_only",
    "文书模板、文号和签发记录不能修改或删除",
)
guard_papers, free_papers = _PAPERS.create, _PAPERS.drop
_ROUTES = AppendOnly(("cases_routeversion",), "cases_routes_append_only", "交办规则的历次设定不能修改或删除")
guard_routes, free_routes = _ROUTES.create, _ROUTES.drop
