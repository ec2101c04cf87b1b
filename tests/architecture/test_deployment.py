"""What is deployed fits what is written: settings, metrics, files and runbooks that exist."""

import re
from pathlib import Path

import pytest
import yaml
from dotenv import dotenv_values

from services.kernel.runtime.surroundings.settings import Settings
from tests.architecture.source import ROOT, python_files

DEPLOY = ROOT / "deploy"
NODES = sorted((DEPLOY / "nodes").glob("*.env"))
RULES = yaml.safe_load((DEPLOY / "prometheus" / "rules.yml").read_text(encoding="utf-8"))["groups"]
ALERTS = [rule for group in RULES for rule in group["rules"]]


@pytest.mark.parametrize("file", NODES, ids=lambda file: file.stem)
def test_a_node_file_sets_only_settings_that_exist(file: Path) -> None:
    given = {name: value for name, value in dotenv_values(file).items() if name.startswith("SHANGDA_")}
    fields = {f"SHANGDA_{name.upper()}" for name in Settings.model_fields}
    assert set(given) - fields == set()

    settings = Settings.model_validate({name.removeprefix("SHANGDA_").lower(): value for name, value in given.items()})
    assert settings.node_id == file.stem
    assert settings.secure_cookies
    assert not settings.demo


def test_an_alert_reads_only_metrics_that_a_node_has() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in python_files("services"))
    read = {name for alert in ALERTS for name in re.findall(r"\bshangda_\w+", alert["expr"])}
    assert {name for name in read if f'"{name.removesuffix("_total")}"' not in code} == set()


def test_every_alert_says_what_it_means_and_what_to_do() -> None:
    for alert in ALERTS:
        assert alert["labels"]["severity"] in {"warning", "critical"}
        assert set(alert["annotations"]) == {"summary", "description", "runbook"}
        assert (ROOT / alert["annotations"]["runbook"]).is_file(), alert["annotations"]["runbook"]


def test_every_alert_is_shown_to_fire() -> None:
    tests = yaml.safe_load((DEPLOY / "prometheus" / "rules_test.yml").read_text(encoding="utf-8"))["tests"]
    fired = {case["alertname"] for test in tests for case in test["alert_rule_test"] if case["exp_alerts"]}
    assert fired == {alert["alert"] for alert in ALERTS}


def test_compose_reads_files_that_exist() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]
    assert all((DEPLOY / service["env_file"]).is_file() for service in services.values())
    assert {Path(service["env_file"]).stem for service in services.values()} == {file.stem for file in NODES}


def test_no_lock_names_the_place_where_a_package_was_found() -> None:
    locks = [*ROOT.glob("requirements*.lock"), ROOT / "package-lock.json"]
    assert [lock.name for lock in locks if "://" in re.sub(r'"(url|funding)": "[^"]*"', "", lock.read_text())] == []


def test_a_page_names_just_the_alerts_that_lead_to_it() -> None:
    lead_to: dict[str, set[str]] = {}
    for alert in ALERTS:
        lead_to.setdefault(alert["annotations"]["runbook"], set()).add(alert["alert"])
    named = {
        f"docs/how-to/{page.name}": set(re.findall(r"`([A-Z]\w+)`", line))
        for page in sorted((ROOT / "docs" / "how-to").glob("*.md"))
        for line in page.read_text(encoding="utf-8").splitlines()
        if line.startswith("告警：")
    }
    assert {page: sorted(alerts) for page, alerts in named.items()} == {
        page: sorted(alerts) for page, alerts in sorted(lead_to.items())
    }
