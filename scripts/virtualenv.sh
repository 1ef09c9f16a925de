# Makes .venv when it is not there. Sourced by scripts/install.
python=${PYTHON:-python3}
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "Bobine needs Python 3.11 or newer; name one with PYTHON=/path/to/python3" >&2
    exit 1
fi
if [ ! -x .venv/bin/pip ]; then
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then  # Debian keeps these two in a package of their own
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
            apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null
        else
            echo "Python's venv module is missing: install it first (Debian: sudo apt-get install python3-venv)" >&2
            exit 1
        fi
    fi
    "$python" -m venv .venv
fi
