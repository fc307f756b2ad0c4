"""対応手順: drawn from the playbooks, for everybody inside."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from incidents.diagram import diagram
from incidents.engine import playbooks
from tests.incidents.web.conftest import ClientFor

pytestmark = pytest.mark.django_db


def test_all_kinds_stand_there(cast: SimpleNamespace, client_for: ClientFor) -> None:
    page = client_for(cast.rep).get("/incidents/procedures/").content.decode()
    assert all(f"/incidents/procedures/{key}/" in page for key in playbooks())


@pytest.mark.parametrize("kind", sorted(playbooks()))
def test_each_draws_itself(cast: SimpleNamespace, client_for: ClientFor, kind: str) -> None:
    page = client_for(cast.auditor).get(f"/incidents/procedures/{kind}/").content.decode()
    assert page.count('<rect class="box') == len(playbooks()[kind].steps)
    assert "style=" not in page.split("<main")[1]


def test_no_box_lies_on_another_and_lines_run_forward() -> None:
    for playbook in playbooks().values():
        drawn = diagram(playbook, {})
        assert len({(box.x, box.y) for box in drawn.boxes}) == len(playbook.steps)
        assert all(edge.x1 < edge.x2 for edge in drawn.edges)


def test_a_kind_that_does_not_exist_is_not_found(cast: SimpleNamespace, client_for: ClientFor) -> None:
    assert client_for(cast.rep).get("/incidents/procedures/nonsense/").status_code == 404
