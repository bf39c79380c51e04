"""An import-linter contract: a slice shows other code its public modules and nothing else."""

from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output
from typing_extensions import override


class SlicePrivacy(Contract):
    """`slices` show `public` modules; `composers`, which put the program together, may see all of them."""

    slices = fields.SetField(subfield=fields.ModuleField())
    public = fields.SetField(subfield=fields.StringField())
    composers = fields.SetField(subfield=fields.ModuleField())

    @override
    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        slices: Any = self.slices
        composers = {module.name for module in self.composers}  # type: ignore[attr-defined]
        leaks = set()
        for name in sorted(module.name for module in slices):
            shown = {f"{name}.{public}" for public in self.public}  # type: ignore[attr-defined]
            for module in {name} | graph.find_descendants(name):
                if any(module == part or module.startswith(f"{part}.") for part in shown):
                    continue
                leaks |= {
                    f"{importer} imports {module}"
                    for importer in graph.find_modules_that_directly_import(module)
                    if not _inside(importer, name) and not any(_inside(importer, part) for part in composers)
                }
        return ContractCheck(kept=not leaks, metadata={"leaks": sorted(leaks)})

    @override
    def render_broken_contract(self, check: ContractCheck) -> None:
        for leak in check.metadata["leaks"]:
            output.print_error(leak)


def _inside(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")
