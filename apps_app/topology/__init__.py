from apps_app.topology.graph import Edge, Node, Tone
from apps_app.topology.layout import lay_out_graph
from apps_app.topology.picture import Picture, PlacedEdge, PlacedNode

__all__ = ["Edge", "Node", "Picture", "PlacedEdge", "PlacedNode", "Tone", "lay_out_graph"]
