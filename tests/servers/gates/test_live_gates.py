"""Simulated gates talk to the real entrance: cuts lose and double nothing, a wrong clock is seen."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bihuan import clock
from bihuan.archive import Archive
from bihuan.simulate.gates.live import Faults, Live
from tests.servers.gates.running import Entrance, installed

BEGIN = datetime(2019, 1, 11, tzinfo=UTC)


class Minutes:
    """A truck each minute at each of two units."""

    def records(self, since: datetime, until: datetime) -> list[dict[str, Any]]:
        times = [BEGIN + timedelta(minutes=n) for n in range(100)]
        return [
            {"gate": f"{unit}-G1", "time": t, "number": f"{t:%H%M}", "direction": "in", "plate": "晋C12345"}
            for unit in ("V001", "V002")
            for t in times
            if since <= t < until
        ]


def test_cut_networks_send_later_and_wrong_clocks_write_their_own_time(
    tmp_path: Path, empty_database: Path
) -> None:
    folder = tmp_path / "city"
    keys = installed(folder, empty_database, dialects=("bihuan", "bihuan"))
    with Entrance(folder, keys) as entrance:
        faults = Faults(cut=0.2, away=3, wrong_clocks=0.6)
        live = Live(Minutes(), keys, ("127.0.0.1", entrance.port), clock.now, faults, seed=15)
        assert live.wrong == {"V002"}, "the seed makes one of two wrong"
        held = 0
        for n in range(10):
            live.step(BEGIN + timedelta(minutes=4 * n), BEGIN + timedelta(minutes=4 * n + 4))
            held = max(held, *(len(c.waiting) for c in live.clients.values()))
        for client in live.clients.values():
            client.cut = False
            assert client.send()
        live.close()
        assert held >= 8, "the network was away"
        entrance.stored()
        rows = Archive(folder / "archive").passages.history().collect()
    assert rows.height == 80
    shifted = rows.filter(unit="V002")
    assert shifted["start"].min() == BEGIN + timedelta(hours=8)
