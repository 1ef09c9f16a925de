# For `sam build`, which runs `make build-<LogicalId>` per function (Metadata: BuildMethod: makefile). People use scripts/.
ROOT := $(dir $(abspath $(lastword $(MAKEFILE_LIST))))

build-%Function:
	cd "$(ROOT)" && .venv/bin/python -m scripts.build --cloud --into "$(abspath $(ARTIFACTS_DIR))" "$$(echo $* | tr A-Z a-z)"
