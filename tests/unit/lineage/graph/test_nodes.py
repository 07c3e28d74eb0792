"""Nodes are texts that fit into an index and stay apart from each other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.kernel.errors import Invalid
from assent.lineage.graph import nodes
from assent.lineage.graph.nodes import NodeKind
from assent.lineage.graph.tables import LONGEST_NODE

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=700)
LONGEST_INDEXED = 1300


@given(TEXTS, TEXTS)
def test_two_nodes_fit_into_one_entry_of_an_index(name: str, digest: str) -> None:
    node = nodes.dataset(name, digest)
    assert len(node) <= LONGEST_NODE
    assert len(node.encode()) <= LONGEST_INDEXED


@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_datasets_are_the_same_only_by_digest_and_name(a: str, b: str, c: str, d: str) -> None:
    assert (nodes.dataset(a, b) == nodes.dataset(c, d)) == ((a, b) == (c, d))


@given(st.text(st.characters(codec="utf-8"), max_size=100), st.text(st.characters(codec="utf-8"), max_size=36))
def test_what_a_dataset_is_called_is_told(name: str, digest: str) -> None:
    assert nodes.told(nodes.dataset(name, digest)) == {"kind": "dataset", "digest": digest, "name": name}


@given(TEXTS.filter(lambda text: bool(text.strip())))
def test_a_reference_finds_the_node_that_was_made(text: str) -> None:
    node = nodes.external_model(text)
    assert nodes.range_of(nodes.reference(f"external_model:{text}")) == (node, node)


@pytest.mark.parametrize("digest", ["5ad6e8", "sha256:ab%3A"])
def test_a_digest_finds_datasets_of_all_names(digest: str) -> None:
    found = nodes.range_of(nodes.reference(f"dataset:{digest.partition(':')[0]}"))
    whole = nodes.dataset("train", digest.partition(":")[0])
    assert found.first <= whole <= found.last


def test_a_commit_is_found_by_its_beginning() -> None:
    found = nodes.range_of(nodes.reference("commit:0A1b2c3"))
    assert found.first <= nodes.commit("0a1b2c3d4e5f") <= found.last
    assert not found.first <= nodes.commit("0a1b2c4") <= found.last


@pytest.mark.parametrize(
    "text", ["", "run", "run:", "run: ", "model:m", "commit:abc", "commit:zzzzzzz", "run:a\x00b"]
)
def test_what_names_no_node_is_told_how_to(text: str) -> None:
    with pytest.raises(Invalid):
        nodes.reference(text)


@pytest.mark.parametrize("node", [nodes.version(3), nodes.deployment(3)])
def test_versions_and_deployments_are_known_by_their_ids(node: str) -> None:
    assert nodes.id_of(node) == 3
    assert nodes.kind_of(node) in (NodeKind.VERSION, NodeKind.DEPLOYMENT)
