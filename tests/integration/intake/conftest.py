"""An intake of the township with its database, and clients signed in as its officers."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.intake.app import intake_service
from services.kernel.language.vocabulary import Role, UnitKind
from services.kernel.runtime.running.process import NodeProcess
from tests.support.service import TOWNSHIP, client_of, officer, running_node, settings_for

CLERK = officer(Role.CLERK, name="李四", unit="township")
REVIEWER = officer(Role.REVIEWER, name="王五", unit="township")
EDITOR = officer(Role.EDITOR, name="钱六", unit="township")
STRANGER = officer(Role.CLERK, name="赵七", unit="township-hosted", kind=UnitKind.HOSTED)

COMPLETE: dict[str, Any] = {
    "info_type": "problem",
    "title": "龙潭乡反映：低洼片区排涝泵站老化 汛期抽排能力不足",
    "body": "8月12日14时至20时，我乡最大小时雨强68.4毫米，3个低洼片区积水。泵站建于2004年，设备老化。",
    "author_name": "李四",
    "author_phone": "0578-1234567",
    "non_secret_declared": True,
    "own_efforts": "已自筹资金维修2号站。",
    "help_wanted": "请区里安排更新改造资金。",
    "responsible_level": "county",
    "source": "乡农业服务中心",
}
ITEMS = "/intake/api/v1/submissions"

Connect = Callable[..., httpx.AsyncClient]


@pytest.fixture
async def process(node_database_url: str, tmp_path: Path) -> AsyncIterator[NodeProcess]:
    settings = settings_for(TOWNSHIP, tmp_path, database_url=node_database_url)
    async with running_node([intake_service()], settings) as process:
        yield process


@pytest.fixture
def as_clerk(process: NodeProcess) -> httpx.AsyncClient:
    return client_of(process, CLERK)
