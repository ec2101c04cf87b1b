"""The rules of disclosure that the office changes by itself."""

from __future__ import annotations

from pathlib import Path

from services.disclosure.policy.category import CategorySet
from services.disclosure.policy.guide import Guide
from services.disclosure.policy.index_rules import IndexRules
from services.disclosure.policy.scan import SensitiveWords
from services.kernel.language.rulebooks import Rulebook

_DEFAULTS = Path(__file__).parents[1] / "defaults"

CATEGORIES = Rulebook(
    "categories",
    "主动公开目录",
    CategorySet,
    _DEFAULTS / "categories.yaml",
    "公开信息分哪些类目，每类由谁提供、谁审、多长时间内公开。",
    how=(
        "类目（items）没有写的项，照它所在的大类。",
        "内部时限（internal_limit）不能长于法定时限；20 个工作日出自《政府信息公开条例》第二十六条。",
        "内容概述最多多少字（summary_limit）可以在 50 到 500 之间定。",
        "正在使用的类目不能去掉。",
    ),
    is_dated=False,
)
INDEX_NUMBER = Rulebook(
    "index_number",
    "索引号格式",
    IndexRules,
    _DEFAULTS / "index_number.yaml",
    "新公开的信息怎样编索引号；已经编好的不变。",
    how=(
        "可以用 {org_code}、{area_code}、{dept_code}、{cat_code}、{yyyy}、{yyyymm}、{yyyymmdd}；流水号 {serial} 或 {serial:05d} 要有一个。",
        "org_code 空着，就用机构信息里的机构代码。",
    ),
)
GUIDE = Rulebook(
    "guide",
    "公开指南",
    Guide,
    _DEFAULTS / "guide.yaml",
    "门户上公开指南、公开制度、依申请公开三栏的文字，以及公开工作机构的联系方式。",
    how=(
        "{government} 和 {office} 会换成本级政府和办公室的名称。",
        "contact 里空着的项，门户上不显示。指南应写明的内容见《政府信息公开条例》第十二条。",
    ),
)
SENSITIVE_WORDS = Rulebook(
    "sensitive_words",
    "保密审查提示词",
    SensitiveWords,
    _DEFAULTS / "sensitive_words.yaml",
    "保密审查时提示审查人多看一眼的词和号码；只是提示，不代替审查。",
    how=(
        "words 每行一组：提示语和词。",
        'patterns 里写了提示语的号码才查，写成 "" 就是不查。',
        "新增的词，会在还没有公开的附件里再查一遍。",
    ),
)

RULEBOOKS = (CATEGORIES, INDEX_NUMBER, GUIDE, SENSITIVE_WORDS)
