"""An application's part with the version's own words wherever these say the same."""

from dataclasses import dataclass

from pydantic import JsonValue

from templates_app.appspec.diff.key_pairing import file_text, paired_keys, text_of
from templates_app.appspec.linking.equivalence import Alike
from templates_app.appspec.schema.component import ComponentSpec, Record
from templates_app.appspec.schema.parse import validated
from templates_app.appspec.schema.schema_tree import Shape, component_shape, document_shape
from templates_app.appspec.schema.serialize import Tree, tree


def overlaid[R: Record](template: R | None, own: R, section: str, alike: Alike) -> R:
    """`own` as it reads, told in the version's texts where both say the same; without `template` in its own."""
    overlay = _Overlay(alike)
    shape = component_shape() if isinstance(own, ComponentSpec) else document_shape().below(section).below("")
    plain = overlay.part(tree(template) if template is not None else {}, tree(own), shape)
    return own if plain == tree(own) else validated(type(own), plain, section)


@dataclass(frozen=True, slots=True)
class _Overlay:
    alike: Alike

    def part(self, template: Tree, own: Tree, shape: Shape) -> Tree:
        bare = [{name: value for name, value in side.items() if name != "config_files"} for side in (template, own)]
        tree = self.record(bare[0], bare[1], shape)
        ours, theirs = own.get("config_files"), template.get("config_files", {})
        if isinstance(ours, dict) and isinstance(theirs, dict):
            keys = paired_keys(theirs, ours, self.alike)
            tree["config_files"] = {
                keys.get(path) or self.alike.settled(path): self.file(theirs.get(keys.get(path, "")), file)
                for path, file in ours.items()
            }
        return tree

    def record(self, template: Tree, own: Tree, shape: Shape) -> Tree:
        """One map or record, place by place."""
        keys = paired_keys(template, own, self.alike)
        tree: Tree = {}
        for name, value in own.items():
            if (other := keys.get(name)) is not None:
                tree[other] = self.value(template[other], value, shape.below(other))
            else:
                tree[self.alike.settled(name)] = self.settled(value)
        if shape.is_record:
            tree |= self._left_out(template, own, shape)
        return tree

    def value(self, template: JsonValue, own: JsonValue, shape: Shape) -> JsonValue:
        if isinstance(template, dict) and isinstance(own, dict) and not shape.is_leaf:
            return self.record(template, own, shape)
        return template if self._same(template, own) else self.settled(own)

    def file(self, template: JsonValue, own: JsonValue) -> JsonValue:
        """A config file is told in the version's words as a whole; a raw one holds no references to settle."""
        if not isinstance(own, dict):
            return own
        if isinstance(template, dict) and self._one_kind(template, own):
            theirs, ours = file_text(template), file_text(own)
            if theirs is not None and ours is not None and self.alike(theirs, ours):
                return template
        return self.settled(own) if own.get("interpolate") else own

    def _one_kind(self, template: Tree, own: Tree) -> bool:
        """Whether only their contents may differ. To a plan a raw file is another one, whatever it says."""
        alongside = {"content"} if self.alike.strict else {"content", "interpolate"}
        item, other = (
            {name: value for name, value in side.items() if name not in alongside} for side in (template, own)
        )
        return item == other

    def settled(self, own: JsonValue) -> JsonValue:
        if isinstance(own, str):
            return self.alike.settled(own)
        if isinstance(own, dict):
            return {self.alike.settled(name): self.settled(value) for name, value in own.items()}
        return [self.settled(value) for value in own] if isinstance(own, list) else own

    def _same(self, template: JsonValue, own: JsonValue) -> bool:
        if isinstance(template, dict) and isinstance(own, dict):
            return template.keys() == own.keys() and all(self._same(template[name], own[name]) for name in own)
        if isinstance(template, list) and isinstance(own, list):
            return len(template) == len(own) and all(map(self._same, template, own))
        theirs, ours = text_of(template), text_of(own)
        if theirs is None or ours is None:
            return template == own
        return self.alike(theirs, ours)

    def _left_out(self, template: Tree, own: Tree, shape: Shape) -> Tree:
        """Fields that only the version spells out, and that read as what holds without them."""
        tree: Tree = {}
        for name in template.keys() - own.keys():
            text, default = template[name], text_of(shape.below(name).default)
            if isinstance(text, str) and "$" in text and default is not None and self.alike(text, default):
                tree[name] = text
        return tree
