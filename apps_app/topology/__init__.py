"""Topology: the components of an application as a picture of what depends on what. Pure."""

from apps_app.topology.graph import Edge, Node, Tone
from apps_app.topology.layout import layout
from apps_app.topology.picture import Picture, PlacedEdge, PlacedNode

__all__ = ["Edge", "Node", "Picture", "PlacedEdge", "PlacedNode", "Tone", "layout"]
