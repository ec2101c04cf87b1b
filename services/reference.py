"""The reference pages of settings and metrics, made from the code so that they cannot drift from it."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from prometheus_client.metrics import MetricWrapperBase

from services.kernel.runtime.surroundings.settings import Settings
from services.node import build_services

_SETTINGS = """# 设置

由代码生成（`make contracts`），不要手改。每项都是环境变量，节点启动时读一次；改了以后重新启动节点。怎样写：
[安装](../how-to/install.md)。

| 变量 | 默认 | 说明 |
|---|---|---|
"""

_METRICS = """# 指标

由代码生成（`make contracts`），不要手改。在 `/metrics` 读取；哪些地址可以读，见 `SHANGDA_MONITORING_FROM`
（[设置](settings.md)）。报警规则在 `deploy/prometheus/`。说明是指标自带的英文帮助文字。

| 指标 | 种类 | 标签 | 说明 |
|---|---|---|---|
"""


def settings_page() -> str:
    """Every setting with its default and what it is for, as Markdown."""
    prefix = Settings.model_config["env_prefix"]
    rows = (
        (f"`{prefix}{name.upper()}`", _default(field.default), field.description or "")
        for name, field in Settings.model_fields.items()
    )
    return _SETTINGS + _lines(rows)


def metrics_page() -> str:
    """Every metric of the node with its kind, labels and meaning, as Markdown, by name."""
    return _METRICS + _lines(sorted(_metric_row(one) for one in _metrics()))


def _metrics() -> set[MetricWrapperBase]:
    """What stands in the `metrics` modules of the kernel and of every service."""
    build_services()
    modules = [module for name, module in sys.modules.items() if name.startswith("services.") and ".metrics" in name]
    return {one for module in modules for one in vars(module).values() if isinstance(one, MetricWrapperBase)}


def _metric_row(metric: MetricWrapperBase) -> tuple[str, ...]:
    (family,) = metric.describe()
    name = family.name + ("_total" if family.type == "counter" else "")
    labels = "、".join(f"`{label}`" for label in metric._labelnames)  # noqa: SLF001 – the library has no other door
    return f"`{name}`", family.type, labels, family.documentation


def _default(value: object) -> str:
    if isinstance(value, bool):
        value = str(value).lower()
    return f"`{value}`" if value != "" else "空"


def _lines(rows: Iterable[tuple[str, ...]]) -> str:
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |\n" for row in rows)
