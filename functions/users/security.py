"""What opens one's account: password, second factor, sessions."""

import io

from functions.users.models import Enabled, PasswordChange, Secret, SessionPath, SessionShown, Token
from shared.accounts import accounts, credentials, guesses, letters, passwords, second_factor, sessions
from shared.accounts.accounts import Account
from shared.accounts.cookies import session_cookie
from shared.errors import Invalid
from shared.web import Call, Message, Reply


def change_password(call: Call[PasswordChange, None, None]) -> Reply[Message]:
    """Change one's password, or set a first one. Every other session ends; this one goes on with a new cookie."""
    account = accounts.get(call.account)
    if account.password_hash:
        wrong = Invalid(
            "Invalid credentials", field="currentPassword", constraint="one's password", code="INVALID_CREDENTIALS"
        )
        said, kept = call.body.current_password, account.password_hash
        guesses.prove(account, lambda: passwords.matches(said, kept), wrong)
    changed = credentials.set_password(account, passwords.hashed(call.body.new_password))
    letters.ask("password_changed", call.language, account_id=account.id)
    opened = sessions.open_for(changed.id, changed.era, device=call.device)
    return Reply(Message("Password changed"), cookies=[session_cookie(opened.cookie)])


def ask_verification(call: Call[None, None, None]) -> Message:
    """Send the mail that confirms one's address (again)."""
    account = accounts.get(call.account)
    if account.email_verified:
        return Message("Email already verified")
    letters.ask("verify", call.language, account_id=account.id)
    return Message("A mail is on its way")


def set_up(call: Call[None, None, None]) -> Secret:
    """A new secret for an authenticator app. Nothing is asked for until it is enabled."""
    import segno

    setup = second_factor.begin(accounts.get(call.account))
    out = io.BytesIO()
    segno.make(setup.uri, error="m").save(out, kind="png", scale=6, border=4)
    import base64

    return Secret(setup.secret, f"data:image/png;base64,{base64.b64encode(out.getvalue()).decode()}")


def enable(call: Call[Token, None, None]) -> Enabled:
    """Ask for a code at every sign-in from now on, if the app's current one is right."""
    codes = second_factor.enable(accounts.get(call.account), call.body.token)
    return Enabled("2FA enabled", codes)


def disable(call: Call[Token, None, None]) -> Message:
    """Ask for no code any more; takes one."""
    account = with_code(call)
    second_factor.disable(account)
    letters.ask("second_factor_off", call.language, account_id=account.id)
    return Message("2FA disabled")


def renew_codes(call: Call[Token, None, None]) -> Enabled:
    """Ten new recovery codes instead of the old ones; takes a code."""
    return Enabled("Recovery codes renewed", second_factor.renew_codes(with_code(call)))


def every_session(call: Call[None, None, None]) -> list[SessionShown]:
    """Where one is signed in, the latest first."""
    caller = call.somebody
    return [
        SessionShown(one.id, one.device, one.address, one.created_at, one.used_at, one.id == caller.session_id)
        for one in sessions.of_account(caller.account_id, caller.era)
    ]


def end_session(call: Call[None, None, SessionPath]) -> Message:
    """Sign out somewhere else."""
    sessions.end(call.account, call.path.session_id)
    return Message("Session ended")


def with_code(call: Call[Token, None, None]) -> Account:
    account = accounts.get(call.account)
    wrong = Invalid("Invalid token", field="token", constraint="a current code, or a recovery code not used yet")
    guesses.prove(account, lambda: second_factor.use(account, call.body.token), wrong)
    return account
