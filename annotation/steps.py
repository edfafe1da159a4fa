"""The steps of the builder: which forms stand on a page, over which protocol, and which protocol they make of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from annotation.forms.draft import (
    AskedForm,
    Choices,
    ComparedForm,
    ConductForm,
    Data,
    DraftForm,
    LeaveOutForm,
    SampleForm,
    SeatsForm,
    TextsForm,
    TitleForm,
)
from annotation.instruments import Instrument, shipped
from annotation.protocol import BlockSpec, Protocol
from annotation.starts import instrument_example


@dataclass(frozen=True)
class BlockForms:
    """One block on a page: its index, its own form, and the forms of its samples."""

    index: int
    block: BlockSpec
    form: Any
    samples: Sequence[SampleForm] = ()
    example: str = ""


class Step:
    """One page of the builder. `without` names the block or sample (`2` or `2-1`) that is being removed."""

    name: ClassVar[str]

    def __init__(self, protocol: Protocol, data: Data = None, *, without: str = "") -> None:
        self.base = protocol
        self.data = data
        self.without = without
        self.heads: list[DraftForm] = []
        self.blocks: list[BlockForms] = []

    def forms(self) -> list[DraftForm]:
        return [*self.heads, *(form for block in self.blocks for form in (block.form, *block.samples))]

    def is_valid(self) -> bool:
        """Every form is looked at, so that each shows what is wrong with it."""
        return not [form for form in self.forms() if not form.is_valid()]

    @property
    def has_errors(self) -> bool:
        return self.data is not None and not self.is_valid()

    def protocol(self) -> Protocol:
        """The draft with what the forms say; where they are not readable it stays as it was."""
        raise NotImplementedError

    def kept_blocks(self) -> list[tuple[int, BlockSpec]]:
        return [(index, block) for index, block in enumerate(self.base.blocks) if str(index) != self.without]


class Compare(Step):
    name = "compare"

    def __init__(
        self,
        protocol: Protocol,
        data: Data = None,
        *,
        without: str = "",
        datasets: Choices = (),
        studies: Choices = (),
    ) -> None:
        super().__init__(protocol, data, without=without)
        self.head = TitleForm(data, initial={"title": protocol.title})
        self.left_out = LeaveOutForm(data, protocol=protocol, studies=studies)
        self.heads = [self.head, self.left_out]
        for index, block in self.kept_blocks():
            samples = [
                SampleForm(data, prefix=f"b{index}s{number}", sample=sample, datasets=datasets)
                for number, sample in enumerate(block.samples)
                if f"{index}-{number}" != without
            ]
            form = ComparedForm(data, prefix=f"b{index}", block=block)
            self.blocks.append(BlockForms(index, block, form, samples))

    def protocol(self) -> Protocol:
        blocks = [block.form.spec([sample.spec() for sample in block.samples]) for block in self.blocks]
        return replace(self.left_out.spec(self.base), title=self.head.read("title"), blocks=tuple(blocks))


class Ask(Step):
    name = "ask"

    def __init__(self, protocol: Protocol, data: Data = None, *, without: str = "") -> None:
        super().__init__(protocol, data, without=without)
        self.head = TextsForm(data, protocol=protocol)
        self.heads = [self.head]
        self.known: dict[str, Instrument] = {**shipped(), **{one.slug: one for one in protocol.instruments}}
        for index, block in enumerate(protocol.blocks):
            known = list(self.known.values())
            form = AskedForm(data, prefix=f"b{index}", block=block, known=known, first=index == 0)
            self.blocks.append(BlockForms(index, block, form, example=instrument_example(block.target)))

    def protocol(self) -> Protocol:
        blocks = tuple(block.form.spec() for block in self.blocks)
        own = {one.slug: one for block in self.blocks if (one := block.form.own_instrument)}
        known = {**self.known, **own}
        named = dict.fromkeys(slug for block in blocks for slug in block.instruments)
        instruments = tuple(known[slug] for slug in named if slug in known)
        return replace(self.head.spec(self.base), blocks=blocks, instruments=instruments)


class Who(Step):
    name = "who"

    def __init__(self, protocol: Protocol, data: Data = None, *, without: str = "", pay: str = "") -> None:
        super().__init__(protocol, data, without=without)
        self.head = ConductForm(data, protocol=protocol, pay=pay)
        self.heads = [self.head]
        for index, block in enumerate(protocol.blocks):
            self.blocks.append(BlockForms(index, block, SeatsForm(data, prefix=f"b{index}", block=block)))

    def protocol(self) -> Protocol:
        return replace(self.head.spec(self.base), blocks=tuple(block.form.spec() for block in self.blocks))
