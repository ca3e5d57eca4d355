"""What the API tells Prometheus."""

import pytest
from fastapi.testclient import TestClient

from foundsound import queue_metrics
from foundsound.catalog.database import Catalog
from foundsound.catalog.models import Location, Work, utc_now
from foundsound.catalog.roots import root_for
from foundsound.errors import Unavailable
from foundsound.library import Library
from foundsound.queue_metrics import QueueMetrics
from search_api.app import create_app
from tests.databases import both_databases


def counts(client: TestClient) -> dict[str, float]:
    page = client.get("/metrics")
    assert page.headers["Content-Type"].startswith("text/plain; version=")
    lines = [line for line in page.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def asked(method: str, route: str, status: int) -> str:
    return f'foundsound_http_requests_total{{method="{method}",route="{route}",status="{status}"}}'


def test_requests_count_by_route_and_not_by_path(client: TestClient) -> None:
    before = counts(client)
    for number in range(3):
        assert client.get(f"/sounds/{number:032x}").status_code == 404
        assert client.get(f"/nowhere/{number}").status_code == 404
        client.request(f"ODD{number}", "/stats")
    client.post("/search", json={"text": "noise"})
    client.post("/search", json={"nonsense": 1})
    after = counts(client)
    rose = {name: after[name] - before.get(name, 0.0) for name in after}
    assert rose[asked("GET", "/sounds/{sound_id}", 404)] == 3
    assert rose[asked("GET", "none", 404)] == 3
    assert rose[asked("POST", "/search", 200)] == 1
    assert rose[asked("POST", "/search", 422)] == 1
    assert rose['foundsound_query_seconds_count{mode="hybrid"}'] == 1
    assert rose['foundsound_http_request_seconds_count{route="/search"}'] == 2
    assert not any("nowhere" in name or "ODD" in name for name in after)


def test_what_other_hosts_are_refused_is_counted(library: Library) -> None:
    with TestClient(create_app(library, local_only=True), base_url="http://localhost") as client:
        before = counts(client)
        refused = client.get("/stats", headers={"Host": "evil.example"})
        name = asked("GET", "none", refused.status_code)
        assert counts(client)[name] == before.get(name, 0.0) + 1


def test_the_queue_is_counted_now_and_then(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_metrics, "FRESH_S", 3600.0)
    assert counts(client)['foundsound_queue_files{state="due"}'] == 0

    def nobody(_: Catalog) -> None:
        raise AssertionError("the last count is fresh")

    monkeypatch.setattr(Catalog, "read", nobody)
    for _ in range(5):
        assert counts(client)["foundsound_catalogue_up"] == 1


@both_databases
def test_the_quarantine_is_counted_by_reason(catalog: Catalog) -> None:
    with catalog.write() as session:
        root = root_for(session, b"/sounds")
        session.flush()
        for name, work, attempts in (
            ("text.wav", Work.FAILED, 0),
            ("locked once.wav", Work.FAILED, 1),
            ("crashes.wav", Work.FAILED, 3),
            ("waits.wav", Work.PENDING, 2),
            ("fine.wav", Work.SETTLED, 0),
        ):
            where = {"root_id": root.id, "raw_path": name.encode(), "path": name}
            row = Location(**where, size=1, mtime_ns=1, work=work, attempts=attempts)
            session.add(row)
        session.add(
            Location(
                root_id=root.id,
                raw_path=b"gone.wav",
                path="gone.wav",
                size=1,
                mtime_ns=1,
                work=Work.FAILED,
                missing_since=utc_now(),
            )
        )
    told = {metric.name: metric.samples for metric in QueueMetrics(catalog, 3).collect()}
    found = {each.labels["reason"]: each.value for each in told["foundsound_quarantined_files"]}
    assert found == {"unusable": 2, "decoder": 1}


def test_a_catalogue_that_is_away_is_told(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: Catalog) -> None:
        raise Unavailable("The database is away.")

    monkeypatch.setattr(Catalog, "read", away)
    told = {metric.name: metric.samples for metric in QueueMetrics(library.catalog, 3).collect()}
    assert [sample.value for sample in told["foundsound_catalogue_up"]] == [0]
    assert told["foundsound_queue_files"] == []
