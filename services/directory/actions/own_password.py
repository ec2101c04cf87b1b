"""An officer changes his own password."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from services.directory.actions import officers, sessions
from services.directory.model import OwnPassword
from services.directory.policy.sign_in import SIGNED_IN
from services.kernel.language.refusal import Refusal
from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.web.identity import Officer


async def change_own_password(
    database: Database, new: OwnPassword, *, by: Officer, keep_session: UUID | None, demo: bool, now: datetime
) -> Refusal | None:
    """Set the new password where the old one is right; all other sessions of the officer end.

    A refusal of the old one is returned: its count is committed in a transaction of its own.

    Raises:
        SignInLocked: Too many wrong ones here lately.
        PasswordTooWeak, DemoAccountRefused: See `officers.hash_of_good`.
    """
    async with database.reading() as session:
        check = await sessions.check_password(session, by.username, new.old_password, place=SIGNED_IN, now=now)
    password_hash = await officers.hash_aside(new.password, username=by.username, name=by.name, demo=demo)
    async with database.transaction(now) as tx:
        refusal = await sessions.prove_password(tx, check)
        if refusal is None:
            await officers.set_password(tx, by.officer_id, password_hash, by=by, keep_session=keep_session)
    return refusal
