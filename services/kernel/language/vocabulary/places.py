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


class WaitingReason(Word):
    """Why an event that arrived has not been applied yet."""

    AHEAD = "ahead", "前序未到"
    FIRST_ABOVE_ONE = "first_above_one", "开头缺失"
    BEHIND_PARKED = "behind_parked", "前序待处理"
    FORK = "fork", "记录分叉"
    NO_IDENTITY = "no_identity", "缺少标识"
    MALFORMED = "malformed", "内容无法识别"
    UNKNOWN_TYPE = "unknown_type", "类型未知"
    NEWER_VERSION = "newer_version", "版本过新"
    REFUSED = "refused", "规则不允许"
    BUG = "bug", "处理出错"

    @property
    def is_held(self) -> bool:
        """Whether the event goes on by itself once its predecessor is there; the others need a person."""
        return self in _HELD


_HELD = frozenset({WaitingReason.AHEAD, WaitingReason.FIRST_ABOVE_ONE, WaitingReason.BEHIND_PARKED})


class DayKind(Word):
    """What a notice or the administrator has decided about one day, against the plain week."""

    HOLIDAY = "holiday", "放假"
    MAKEUP_WORKDAY = "makeup_workday", "调休上班"
    WORKING = "working", "上班"
