"""The small changes that can be made to a module: Cosmic Ray's, and leaving out an argument."""

import ast
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Operator
from cosmic_ray.plugins import get_operator
from parso.python.tree import Decorator, ExprStmt, Function, Name, PythonNode
from parso.tree import NodeOrLeaf

from script.mutants_parts.sample import Change, Kind

# Slips that somebody might make. Cosmic Ray also makes `date << timedelta` and the like, which
# fail wherever they run: they would raise the share of noticed changes and tell nothing.
SLIPS = {
    Kind.ARITHMETIC: (
        "ReplaceBinaryOperator_Add_Sub",
        "ReplaceBinaryOperator_Sub_Add",
        "ReplaceBinaryOperator_Mul_Div",
        "ReplaceBinaryOperator_Div_Mul",
        "ReplaceBinaryOperator_FloorDiv_Mul",
        "ReplaceBinaryOperator_Mod_FloorDiv",
        "ReplaceBinaryOperator_BitOr_BitAnd",
        "ReplaceBinaryOperator_BitAnd_BitOr",
        "ReplaceUnaryOperator_Delete_USub",
    ),
    Kind.COMPARISON: (
        "ReplaceComparisonOperator_Lt_LtE",
        "ReplaceComparisonOperator_Lt_GtE",
        "ReplaceComparisonOperator_LtE_Lt",
        "ReplaceComparisonOperator_LtE_Gt",
        "ReplaceComparisonOperator_Gt_GtE",
        "ReplaceComparisonOperator_Gt_LtE",
        "ReplaceComparisonOperator_GtE_Gt",
        "ReplaceComparisonOperator_GtE_Lt",
        "ReplaceComparisonOperator_Eq_NotEq",
        "ReplaceComparisonOperator_NotEq_Eq",
        "ReplaceComparisonOperator_Is_IsNot",
        "ReplaceComparisonOperator_IsNot_Is",
    ),
    Kind.NUMBER: ("NumberReplacer",),
    Kind.LOGIC: (
        "AddNot",
        "ReplaceUnaryOperator_Delete_Not",
        "ReplaceTrueWithFalse",
        "ReplaceFalseWithTrue",
        "ReplaceAndWithOr",
        "ReplaceOrWithAnd",
    ),
    Kind.FLOW: (
        "ReplaceBreakWithContinue",
        "ReplaceContinueWithBreak",
        "ExceptionReplacer",
        "RemoveDecorator",
        "ZeroIterationForLoop",
    ),
}


class DropArgument(Operator):
    """Leaves out one argument of a call: a filter, a default, a field to be written."""

    def mutation_positions(
        self, node: NodeOrLeaf
    ) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
        for argument in self._arguments(node):
            yield argument.start_pos, argument.end_pos

    def mutate(self, node: PythonNode, index: int) -> PythonNode:
        position = node.children.index(self._arguments(node)[index])
        # With the comma after it; the last one with the comma before it.
        first = position if position + 1 < len(node.children) else position - 1
        if node.type == "arglist":
            del node.children[first : first + 2]
        else:
            del node.children[position]
        return node

    @classmethod
    def examples(cls) -> tuple[()]:
        return ()

    @staticmethod
    def _arguments(node: NodeOrLeaf) -> list[NodeOrLeaf]:
        """Return the arguments of a call: several, or a single one with a name."""
        if node.type == "arglist" and node.parent.type == "trailer":
            return [child for child in node.children if child.type != "operator"]
        if node.type == "trailer" and node.children[0].value == "(":
            return [child for child in node.children if child.type == "argument"]
        return []


def operator_named(name: str) -> Operator:
    return DropArgument() if name == DropArgument.__name__ else get_operator(f"core/{name}")()


def changed_code(root: Path, change: Change) -> str | None:
    """Return a module with a change, or None where that is no Python any more: `not a := b`."""
    before = (root / change.path).read_text(encoding="utf-8")
    after: str = mutate_code(before, operator_named(change.operator), change.occurrence)
    try:
        ast.parse(after)
    except SyntaxError:
        return None
    return after


def changes_of(root: Path, path: str) -> Iterator[Change]:
    """Yield every change that can be made to a module; types and decorators' arguments are not."""
    tree = get_ast((root / path).read_text(encoding="utf-8"))
    nodes = list(ast_nodes(tree))
    slips = {**SLIPS, Kind.ARGUMENT: (DropArgument.__name__,)}
    for kind, names in slips.items():
        for name in names:
            operator = operator_named(name)
            positions = (
                (node, start) for node in nodes for start, _end in operator.mutation_positions(node)
            )
            for occurrence, (node, (line, _column)) in enumerate(positions):
                if not (_is_annotation(node) or _is_in_decorator(node) or _is_marker(node)):
                    yield Change(
                        path,
                        line,
                        kind,
                        name,
                        occurrence,
                        function=_function_lines(node),
                        is_constant=_is_constant(node),
                    )


def _ancestors(node: NodeOrLeaf) -> Iterator[NodeOrLeaf]:
    above: NodeOrLeaf | None = node
    while above is not None:
        yield above
        above = above.parent


def _is_annotation(node: NodeOrLeaf) -> bool:
    """Whether a node is part of a type: after a colon, after an arrow, or in a type's alias."""
    above = list(_ancestors(node))
    for child, parent in pairwise(above):
        if parent.type == "annassign" and parent.children[1] is child:
            return True
        if parent.type == "tfpdef" and parent.children[-1] is child:
            return True
        if isinstance(parent, Function) and parent.annotation is child:
            return True
    return False


def _is_in_decorator(node: NodeOrLeaf) -> bool:
    """Whether a node is an argument of a decorator; most are frozen and slots of dataclasses."""
    return any(isinstance(above, Decorator) for above in _ancestors(node) if above is not node)


def _is_marker(node: NodeOrLeaf) -> bool:
    """Whether a node is the star or the slash between the parameters of a function."""
    return node.type == "operator" and node.parent.type in ("parameters", "param")


def _function_lines(node: NodeOrLeaf) -> tuple[int, int] | None:
    """Return the first and last line of the body of the function around a node."""
    above = list(_ancestors(node))
    for child, parent in pairwise(above):
        # Not its parameters: their defaults are evaluated when the module is imported.
        if isinstance(parent, Function) and parent.children[-1] is child:
            return child.start_pos[0], child.end_pos[0]
    return None


def _is_constant(node: NodeOrLeaf) -> bool:
    """Whether a node is in the value of a module's constant, such as WINDOW = 14."""
    for above in _ancestors(node):
        if isinstance(above, ExprStmt):
            name = above.children[0]
            in_module = above.parent.parent.type == "file_input"
            return in_module and isinstance(name, Name) and name.value.isupper()
    return False
