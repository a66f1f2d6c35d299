"""Operations compiled once and run many times over the schema's own resolvers.

compile_operation   checks the document, gathers what stays the same   operation.py
CompiledOperation   one plan per set of @skip/@include decisions       operation.py
Variables           what was sent, as the operation declares it        variables.py
Planner             merges fields and composes the functions           planner.py, collect.py
steps               one function per field of an object type           steps.py, readers.py, arguments.py, inputs.py
completers          from what a resolver gave to what is answered      completers.py, abstract.py, leaves.py
Run                 one execution: errors, and what is awaited         run.py, frames.py, info.py
"""

from operation_compiler.operation import CompiledOperation, NotCompilable, compile_operation

__all__ = ["CompiledOperation", "NotCompilable", "compile_operation"]
