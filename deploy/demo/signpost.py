"""Where to look and who may sign in, as the commands print it."""

from __future__ import annotations

from deploy.demo.officers import BUREAU_ROLES, PASSWORD, ROLES
from deploy.demo.world import DemoWorld


def signpost(world: DemoWorld) -> str:
    """Addresses and accounts of a world that is up."""
    nodes = "\n".join(f"  {node.url}/  {node.plan.name}" for node in world.nodes.values())
    accounts = "、".join(f"{username}（{duty}）" for username, duty in ROLES.items())
    bureau = "、".join(f"{username}（{duty}）" for username, duty in BUREAU_ROLES.items())
    return f"""
地址（用浏览器打开）
{nodes}
  {world.nodes["district"].url}/open/  区政府信息公开门户，不用登录
账号（三级节点都有，用户名就是岗位；口令都是 {PASSWORD}）
  {accounts}
  区里另有：{bureau}
日志和数据在 {world.base}"""
