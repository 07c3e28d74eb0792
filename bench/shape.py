"""The data: how much of it there is, and what is in it. Both registries get the same."""

from dataclasses import dataclass

# Of every shape the models come in this order: the large ones, those of 8 versions, the rest.
FEW = 8
MEDIUM = 40

# In the order of time neighbours are far apart: a version comes so many milliseconds after the one before it.
BEGAN_AT = 1_700_000_000_000

HOST = "s3://bench"


@dataclass(frozen=True)
class Shape:
    """How many models there are of which size."""

    name: str
    large_models: int
    large: int
    few_models: int
    medium_models: int

    @property
    def models(self) -> int:
        """How many models there are."""
        return self.large_models + self.few_models + self.medium_models

    @property
    def versions(self) -> int:
        """How many versions there are."""
        return self.large_models * self.large + self.few_models * FEW + self.medium_models * MEDIUM

    def large_model(self) -> str:
        """The name of a large model."""
        return model_name(0)

    def few_model(self, turn: int) -> str:
        """The name of a model of 8 versions, another one every turn."""
        return model_name(self.large_models + turn % self.few_models)


def model_name(number: int) -> str:
    """What a model is called."""
    return f"model-{number:05}"


SMALL = Shape("small", large_models=1, large=2_008, few_models=999, medium_models=0)
LARGE = Shape("large", large_models=20, large=20_000, few_models=6_225, medium_models=13_755)
