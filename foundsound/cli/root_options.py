"""Options of ``foundsound roots`` as a change of a root."""

from pydantic import ValidationError

from foundsound.errors import InvalidRequest
from foundsound.root_report import RootChange


def change_of(**wanted: object) -> RootChange:
    """What is wanted.

    Raises:
        InvalidRequest: an option's value is wrong.
    """
    try:
        return RootChange.model_validate(wanted)
    except ValidationError as error:
        first = error.errors()[0]
        option = str(first["loc"][0]).removesuffix("_s").replace("_", "-")
        raise InvalidRequest(f"--{option} is wrong: {first['msg']}.") from error
