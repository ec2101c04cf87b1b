"""Pages: the Jinja environment that every service renders with, and what each page is given.

A service makes its templates once (`make_templates(Path(__file__).parent / "templates")`), keeps
them on `app.state.templates`, and a page function returns `page(request, "intake/form.html", …)`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import EnumMeta
from hashlib import sha256
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import BytecodeCache, ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from jinja2.bccache import Bucket

from services.kernel.language.calendar import duration_zh
from services.kernel.runtime.pages import prose, wording
from services.kernel.runtime.pages.flash import FLASH_COOKIE, Message, back_to, messages_in
from services.kernel.runtime.pages.masthead import Masthead, masthead_of
from services.kernel.runtime.pages.navigation import navigation, portal_columns
from services.kernel.runtime.pages.trend import trend_plot
from services.kernel.runtime.surroundings.identifiers import new_id

__all__ = [
    "STATIC_DIR",
    "Masthead",
    "Message",
    "OfficerCard",
    "Templates",
    "as_options",
    "back_to",
    "error_page",
    "make_templates",
    "masthead_of",
    "page",
    "page_context",
    "static_url",
]

KERNEL_DIR = Path(__file__).parents[2]
STATIC_DIR = KERNEL_DIR / "static"
SIZE_COOKIE = "size"


@dataclass(frozen=True)
class Option:
    """One choice of a select or a group of radio buttons."""

    value: str
    label: str
    note: str = ""


def as_options(options: Iterable[Any]) -> list[Option]:
    """Choices from a vocabulary class, Words, or (value, label[, note]) rows."""
    return [
        Option(*(str(part) for part in option))
        if isinstance(option, tuple | list)
        else Option(str(getattr(option, "value", option)), wording.label(option))
        for option in (list(options) if isinstance(options, EnumMeta) else options)
    ]


@dataclass(frozen=True)
class OfficerCard:
    """What the shell shows of the officer who is signed in; `key` tells his drafts on a machine from another's."""

    name: str
    unit_name: str
    roles: tuple[str, ...]
    key: str = ""

    @property
    def initial(self) -> str:
        """The character in the round mark."""
        return self.name[:1]


class Templates:
    """The environment with the kernel's templates under `kernel/` and the services' own beside them."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment

    def render(self, template: str, **context: Any) -> str:
        """Render with `ui` (the components) added; the context must hold what base.html asks for."""
        components = self.environment.get_template("kernel/_components.html")
        shared = {name: context.get(name, "") for name in ("csrf_token", "now", "seen")}
        ui = components.make_module(shared)
        return self.environment.get_template(template).render(ui=ui, **context)

    def compile_all(self) -> None:
        """Make every template ready: a large one takes a quarter of a second. For a thread, before the first request."""
        for name in self.environment.list_templates():
            self.environment.get_template(name)


class _CompiledOnce(BytecodeCache):
    """What was compiled in this process, for every environment: all hold the kernel's templates."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what was compiled of the same file with the same content; jinja compares the content."""
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled now."""
        self._kept[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _CompiledOnce()


def make_templates(*template_dirs: Path | str) -> Templates:
    """Templates of the kernel and of `template_dirs`: HTML escaped, an unknown name is an error."""
    environment = Environment(
        loader=ChoiceLoader(
            [
                PrefixLoader({"kernel": FileSystemLoader(KERNEL_DIR / "templates")}),
                FileSystemLoader(list(template_dirs)),
            ]
        ),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=_COMPILED,
    )
    environment.filters.update(
        zh_date=wording.zh_date,
        zh_time=wording.zh_time,
        zh_datetime=wording.zh_datetime,
        zh_short=wording.zh_short,
        duration_zh=duration_zh,
        time_left=wording.time_left,
        due_tone=wording.due_tone,
        iso=wording.iso,
        filesize=wording.filesize,
        label=wording.label,
        paragraphs=prose.paragraphs,
        phrase=prose.phrase,
    )
    environment.globals.update(
        static=static_url, new_id=lambda: str(new_id()), as_options=as_options, trend_plot=trend_plot
    )
    return Templates(environment)


_fingerprints: dict[str, tuple[int, str]] = {}


def static_url(name: str) -> str:
    """Address of a file of ours, changing with its content so that browsers may keep it for long."""
    path = STATIC_DIR / name
    if not path.is_file():
        return f"/static/{name}"
    changed = path.stat().st_mtime_ns
    if _fingerprints.get(name, (0, ""))[0] != changed:
        _fingerprints[name] = (changed, sha256(path.read_bytes()).hexdigest()[:10])
    return f"/static/{name}?v={_fingerprints[name][1]}"


def page(request: Request, template: str, *, status_code: int = 200, **context: Any) -> HTMLResponse:
    """A page with everything its shell needs, or the region of one that fetches itself again.

    A region may come between an action and the page that follows: it leaves that page its message.

    Reads `request.state.officer` (name, unit_name, roles; None for a stranger), `request.state.csrf`,
    `request.app.state.node`, `request.app.state.templates`. Names given in `context` win.
    """
    shell = page_context(request) | {"is_refused": status_code >= 400}
    html = request.app.state.templates.render(template, **(shell | context))
    response = HTMLResponse(html, status_code=status_code)
    if FLASH_COOKIE in request.cookies and "hx-request" not in request.headers:
        response.delete_cookie(FLASH_COOKIE, path="/")
    return response


def page_context(request: Request) -> dict[str, Any]:
    """What every page is given: request, here (its path), officer, node, nav, csrf_token, now, seen, flash, alert, portal_columns, size."""
    node = masthead_of(request.app.state.node)
    officer = _officer_card(getattr(request.state, "officer", None))
    size = request.query_params.get("size") or request.cookies.get(SIZE_COOKIE, "")
    now = getattr(request.state, "now", None) or _clock(request)()
    return {
        "request": request,
        "here": request.url.path,
        "officer": officer,
        "node": node,
        "nav": navigation(
            officer.roles,
            node.level,
            path=request.url.path,
            counts=getattr(request.state, "nav_counts", None),
            hot=getattr(request.state, "nav_hot", ()),
        )
        if officer
        else [],
        "csrf_token": getattr(request.state, "csrf", "") or "",
        "now": now,
        "seen": getattr(request.state, "seen", ""),
        "flash": messages_in(request.cookies.get(FLASH_COOKIE)),
        "alert": getattr(request.state, "alert", None),
        "portal_columns": portal_columns(request.url.path),
        "size": "large" if size == "large" else "",
        "size_href": f"?{request.url.include_query_params(size='normal' if size == 'large' else 'large').query}",
    }


def _clock(request: Request) -> Callable[[], datetime]:
    return getattr(request.app.state, "clock", None) or (lambda: datetime.now(UTC))


def _officer_card(officer: Any) -> OfficerCard | None:
    if officer is None:
        return None
    key = str(getattr(officer, "officer_id", ""))
    return OfficerCard(officer.name, getattr(officer, "unit_name", ""), tuple(str(role) for role in officer.roles), key)


def error_page(
    request: Request,
    status: int,
    code: str,
    message: str,
    *,
    details: Mapping[str, Any] | None = None,
    request_id: str = "",
) -> HTMLResponse:
    """A refusal or an error as a polite page in the shell that the reader knows."""
    is_public = f"{request.url.path}/".startswith("/open/")
    return page(
        request,
        "kernel/error.html",
        status_code=status,
        frame=f"kernel/{_frame(request, is_public)}.html",
        status=status,
        code=code,
        message=message,
        details=details or {},
        request_id=request_id,
        back_href=_own_referer(request),
        home_href="/open/" if is_public else "/",
    )


def _frame(request: Request, is_public: bool) -> str:
    if is_public:
        return "public_base"
    return "plain_base" if getattr(request.state, "officer", None) is None else "base"


def _own_referer(request: Request) -> str:
    """The page the reader came from, if it is ours."""
    came_from = request.headers.get("referer", "")
    own = f"{request.url.scheme}://{request.url.netloc}/"
    return came_from if came_from.startswith(own) else ""
