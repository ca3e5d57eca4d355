"""Requests made from the OpenAPI document, valid and not, against a real server on real databases.

Whatever is sent, the answer is one that the document tells of, in the shape that it tells, and
never a 5xx. A short seeded form runs in CI; ``make fuzz`` makes EXAMPLES for each operation.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.conftest import EXAMPLES, TOKEN, Served

SEED = os.environ.get("FOUNDSOUND_TEST_FUZZ_SEED", "1")
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
)
REPOSITORY = Path(__file__).parents[2]


@pytest.mark.timeout(0 if EXAMPLES else 900)
def test_every_answer_is_one_that_the_document_tells_of(served: Served, tmp_path: Path) -> None:
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "run", f"{served.url}/openapi.json"),
        *("--checks", ",".join(CHECKS), "--header", f"Authorization: Bearer {TOKEN}"),
        *("--phases", "examples,coverage,fuzzing,stateful" if EXAMPLES else "fuzzing"),
        *("--max-examples", EXAMPLES or "2", "--seed", SEED, "--generation-deterministic"),
        *("--no-shrink", "--continue-on-failure"),
        *("--request-timeout", "60", "--no-color", "--warnings", "off"),
        *("--suppress-health-check", "all"),
    ]
    variables = {
        "SCHEMATHESIS_HOOKS": "tests.fuzz.hooks",
        "PYTHONPATH": str(REPOSITORY),
        "FUZZED_SOUND_ID": served.sound_ids[0],
    }
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
