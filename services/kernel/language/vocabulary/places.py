"""Words for levels, systems, units and the links between nodes."""

from services.kernel.language.vocabulary.word import Word


class Level(Word):
    """Level of government that an office or an adoption belongs to, lowest first."""

    TOWNSHIP = "township", "乡镇(街道)"
    COUNTY = "county", "区县"
    CITY = "city", "市"
    PROVINCE = "province", "省"
    NATIONAL = "national", "国家"

    @property
    def rank(self) -> int:
        """Height in the chain: 0 for a township, 4 for the nation."""
        return list(Level).index(self)

    @property
    def grade(self) -> str:
        """How it is written before what it did: 乡镇级, 市级."""
        return f"{self.label.removesuffix('(街道)')}级"


class System(Word):
    """Which of the parallel hierarchies a superior, a periodical or a score belongs to."""

    GOVERNMENT = "government", "政府"
    PARTY = "party", "党委"
    LINE = "line", "条线"


class UnitKind(Word):
    """What a unit is to the node that lists it."""

    HEAD_OFFICE = "head_office", "本级办公室"
    BUREAU = "bureau", "部门"
    HOSTED = "hosted", "托管单位"
    SUBORDINATE = "subordinate", "下级单位"


class Lane(Word):
    """Road that a fact takes between nodes; urgent never waits behind the others."""

    URGENT = "urgent", "紧急"
    ROUTINE = "routine", "日常"
    BULK = "bulk", "附件"


class LinkState(Word):
    """State of the link to one peer as its operator sees it."""

    CONNECTING = "connecting", "正在连接"
    UP = "up", "正常"
    CATCHING_UP = "catching_up", "正在补传"
    DOWN = "down", "中断"
    PAUSED = "paused", "已暂停"
    GAP = "gap", "缺号待补"
    FORKED = "forked", "记录分叉"


class ErasureStage(Word):
    """How far the erasure of an item has come on a node."""

    DATABASES = "databases", "清除各服务的数据"
    FILES = "files", "删除附件"
    BROKER = "broker", "清空消息队列里的副本"
    REWRITING = "rewriting", "重写数据库文件"
    DONE = "done", "已清除"


class DayKind(Word):
    """What a notice or the administrator has decided about one day, against the plain week."""

    HOLIDAY = "holiday", "放假"
    MAKEUP_WORKDAY = "makeup_workday", "调休上班"
    WORKING = "working", "上班"
