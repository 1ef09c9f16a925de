"""Build the functions' artifacts: own folder, shared/, and the dependencies of their groups. `scripts/build --help`.

A cold start reads what it imports, so an artifact is trimmed: botocore keeps the descriptions of the services the code
asks for (of about 400), and .pyc files come along that need no look at their source (477 ms without, 217 with).
"""

import argparse
import compileall
import platform
import py_compile
import re
import shutil
import subprocess
import sys
import tomllib
from contextlib import suppress
from pathlib import Path

from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / ".build"
MIB = 2**20
# Lambda unpacks 250 MiB at most; a fifth of it stays free for what the next release brings. ffmpeg for x86_64, which
# does not run in the cloud here, is 40 MiB larger than for arm64.
MOST = {"aarch64": 200 * MIB, "x86_64": 240 * MIB}
# Those that draw, speak and compose, with ffmpeg behind them, have a fifteenth to spare: the next of their needs is
# a function of its own, or a container image.
CROWDED = {"produce": 34 * MIB, "voices": 34 * MIB}
ALWAYS_IN_BOTOCORE = {"endpoints.json", "partitions.json", "sdk-default-configuration.json", "_retry.json"}
FLUFF = (
    "**/tests",
    "**/test",
    "**/__pycache__",
    "**/*.pyi",
    "**/*.pxd",
    "**/*.pyx",
    "**/include",
    "bin",
    "*.dist-info",
)
WHEELS = {"arm64": "aarch64", "x86_64": "x86_64"}


def main() -> None:
    options = argparse.ArgumentParser(prog="scripts/build", description="Build the functions' artifacts into .build/.")
    options.add_argument("functions", nargs="*", metavar="FUNCTION", help="all of them by default")
    options.add_argument(
        "--cloud", action="store_true", help="for the template's runtime and processor, not this machine's"
    )
    options.add_argument("--into", type=Path, help="where one function's artifact goes (sam build says)")
    chosen = options.parse_args()
    target = "cloud" if chosen.cloud else "host"
    names = chosen.functions or sorted(groups_of())
    sizes = {}
    for name in names:
        place = chosen.into or BUILD / target / name
        build(name, place, chosen.cloud)
        sizes[name] = size(place)
        if sizes[name] > (most := largest(chosen.cloud) + CROWDED.get(name, 0)):
            sys.exit(f"{name} is {sizes[name] / MIB:.0f} MiB unpacked, and may be {most / MIB:.0f}; Lambda takes 250")
    print(f"{'function':<12} {'MiB':>7}   groups ({target})")
    for name in names:
        print(f"{name:<12} {sizes[name] / MIB:>7.1f}   {' '.join(groups_of()[name])}")


def groups_of() -> dict[str, list[str]]:
    """Dependency groups by function; every function has core."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["bobine"]["functions"]
    return {name: ["core", *groups] for name, groups in declared.items()}


def build(name: str, place: Path, cloud: bool) -> None:
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(dependencies(groups_of()[name], cloud), place, symlinks=True)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "shared", place / "shared", ignore=ignored)
    shutil.copytree(ROOT / "functions" / name, place / "functions" / name, ignore=ignored)
    shutil.copy(ROOT / "functions/__init__.py", place / "functions")
    drop_unused(place)
    keep_services(place, services_used(place / "shared", place / "functions"))
    compile_all(place / "shared", python := runtime()[0] if cloud else host())
    compile_all(place / "functions", python)


def dependencies(groups: list[str], cloud: bool) -> Path:
    """The installed and trimmed dependencies of these groups, made once for each version of the lock."""
    python, processor = runtime() if cloud else (host(), "host")
    lock = [(ROOT / name).read_text() for name in ("pyproject.toml", "constraints.txt")]
    key = f"{'-'.join(groups)}-{python}-{processor}"
    place, stamp = BUILD / "dependencies" / key, BUILD / "dependencies" / f"{key}.lock"
    if stamp.exists() and stamp.read_text() == "".join(lock):
        return place
    shutil.rmtree(place, ignore_errors=True)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    command += ["--target", str(place), "--constraint", "constraints.txt"]
    command += [argument for group in groups for argument in ("--group", group)]
    if cloud:
        machine = WHEELS[processor]
        for tag in (
            "manylinux_2_34",
            "manylinux_2_28",
            "manylinux_2_17",
            "manylinux2014",
        ):  # Amazon Linux 2023: glibc 2.34
            command += ["--platform", f"{tag}_{machine}"]
        command += ["--only-binary", ":all:", "--python-version", python, "--implementation", "cp"]
    subprocess.run(command, cwd=ROOT, check=True)
    for pattern in FLUFF:
        for path in list(place.glob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    compile_all(place, python)
    stamp.write_text("".join(lock))
    return place


def drop_unused(place: Path) -> None:
    """boto3's own layer over botocore, when the code (which makes botocore's clients) never asks for it."""
    sources = [path for part in ("shared", "functions") for path in (place / part).rglob("*.py")]
    named = "\n".join(line for path in sources for line in path.read_text().splitlines() if "import" in line)
    for package in ("boto3", "s3transfer"):
        if not re.search(rf"^\s*(import|from) {package}\b", named, re.MULTILINE):
            shutil.rmtree(place / package)


def services_used(*folders: Path) -> set[str]:
    """Names of the AWS services the code makes clients of."""
    sources = "\n".join(path.read_text() for folder in folders for path in folder.rglob("*.py"))
    return set(re.findall(r"""\bclient\(["']([a-z0-9-]+)["']\)""", sources))


def keep_services(place: Path, names: set[str]) -> None:
    for data in (place / "botocore/data", place / "boto3/data"):
        for path in data.iterdir() if data.exists() else ():
            if path.name not in names | ALWAYS_IN_BOTOCORE:
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def compile_all(place: Path, python: str) -> None:
    """Compiled code for the Python that will run it. Without that Python here there is none, and a word about it."""
    if python == host():
        mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
        compileall.compile_dir(place, quiet=2, invalidation_mode=mode, stripdir=str(place.parent))
        return
    for interpreter in (f"python{python}", *map(str, Path.home().glob(f".pyenv/versions/{python}*/bin/python"))):
        command = [interpreter, "-m", "compileall", "-qq", "--invalidation-mode", "unchecked-hash"]
        with suppress(OSError, subprocess.CalledProcessError):
            subprocess.run([*command, "-s", str(place.parent), str(place)], check=True, capture_output=True)
            return
    print(
        f"no python{python} here: {place.parent.name}/{place.name} is not compiled and starts slower", file=sys.stderr
    )


def runtime() -> tuple[str, str]:
    """Python version and processor of the template's functions."""
    shared = yaml_parse((ROOT / "template.yaml").read_text())["Globals"]["Function"]
    return shared["Runtime"].removeprefix("python"), shared["Architectures"][0]


def largest(cloud: bool) -> int:
    """Bytes that an artifact may have, unpacked."""
    machine = WHEELS[runtime()[1]] if cloud else platform.machine()
    return MOST.get(machine, MOST["x86_64"])


def host() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def size(place: Path) -> int:
    return sum(path.lstat().st_size for path in place.rglob("*") if path.is_file())


if __name__ == "__main__":
    main()
