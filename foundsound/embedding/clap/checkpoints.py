"""The CLAP checkpoints foundsound knows, each pinned to a commit of its hub repository."""

from dataclasses import dataclass

from foundsound.errors import ModelError

GPU_DEFAULT = "laion/larger_clap_general"
CPU_DEFAULT = "laion/clap-htsat-unfused"


@dataclass(frozen=True)
class Weights:
    """Where a checkpoint's tensors lie in its repository."""

    file: str
    revision: str
    """The commit that holds the file; a safetensors conversion has a commit of its own."""
    sha256: str = ""
    """Of a pickled file, which is opened only if it is this one; empty for safetensors."""


@dataclass(frozen=True)
class Checkpoint:
    """One model on the hub."""

    name: str
    revision: str
    """The commit of its configuration and tokenizer."""
    weights: Weights
    note: str
    """When to choose it, in a few words."""
    older: Weights | None = None
    """The pickle that the safetensors were converted from, tensor by tensor: what most programs
    have downloaded. It is used if the cache has nothing else."""

    @property
    def forms(self) -> tuple[Weights, ...]:
        """Every form of the weights, the one to download first."""
        return (self.weights,) if self.older is None else (self.weights, self.older)


# Where the commits and hashes were found: in at least two public projects each, which pin, log or
# verify the same ones (MTEB's registry among them). Where a repository's main branch holds a pickle
# alone, the safetensors are on the commit of the hub's own converter.
_KNOWN = (
    Checkpoint(
        GPU_DEFAULT,
        "ada0c23a36c4e8582805bb38fec3905903f18b41",
        Weights("model.safetensors", "16c8cc3159a3c8a31e8ff5ef1f66b0d9ab3667db"),
        "general sounds; the default with a GPU",
        Weights(
            "pytorch_model.bin",
            "ada0c23a36c4e8582805bb38fec3905903f18b41",
            "314eb00cce6ad68d25237b8446b659ccdb136ed4672c1bca470f142f72455026",
        ),
    ),
    Checkpoint(
        CPU_DEFAULT,
        "8fa0f1c6d0433df6e97c127f64b2a1d6c0dcda8a",
        Weights("model.safetensors", "79b58ed25fc00386262a2bea4b19fd21dc4310a0"),
        "general sounds, half the work; the default without a GPU",
        Weights(
            "pytorch_model.bin",
            "8fa0f1c6d0433df6e97c127f64b2a1d6c0dcda8a",
            "1cd3c601bc4afe0fa87be3de4c13dd2cfadd249fac1e29acf74a9b296c3219bb",
        ),
    ),
    Checkpoint(
        "laion/larger_clap_music_and_speech",
        "195c3a3e68faebb3e2088b9a79e79b43ddbda76b",
        Weights(
            "pytorch_model.bin",
            "195c3a3e68faebb3e2088b9a79e79b43ddbda76b",
            "b73c5e596fda5b29b522a1ab3f0842977fe2b147bf8b78c2ec5f7ae6267038a1",
        ),
        "libraries of music and speech",
    ),
    Checkpoint(
        "laion/clap-htsat-fused",
        "365dea6ef167def6676140ed93bbc43f84dabb28",
        Weights("model.safetensors", "365dea6ef167def6676140ed93bbc43f84dabb28"),
        "weaker: for libraries that were embedded with it before",
    ),
)
CHECKPOINTS = {checkpoint.name: checkpoint for checkpoint in _KNOWN}
COLLAPSED = "laion/larger_clap_music"


def checkpoint(name: str) -> Checkpoint:
    """The checkpoint called ``name``.

    Raises:
        ModelError: foundsound does not know it, or knows that it is of no use.
    """
    if name == COLLAPSED:
        raise ModelError(
            f"{COLLAPSED} cannot be searched with words: its text tower has collapsed (any two "
            "texts have a cosine of 0.9993). Use laion/larger_clap_music_and_speech for music, "
            f"or {GPU_DEFAULT}."
        )
    known = CHECKPOINTS.get(name)
    if known is None:
        raise ModelError(
            f"foundsound does not know the CLAP checkpoint {name}. It knows "
            f"{', '.join(CHECKPOINTS)}; any other model works from a directory."
        )
    return known


def default_checkpoint(gpu: bool) -> str:
    """The checkpoint to use when nobody chose one."""
    return GPU_DEFAULT if gpu else CPU_DEFAULT
