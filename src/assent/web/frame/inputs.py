"""What forms and addresses of several rooms may say."""

from marshmallow import EXCLUDE, Schema


class Asked(Schema):
    """The words of a form or an address; whatever else it says, such as the proof of a form, is passed over."""

    class Meta:
        """marshmallow's options."""

        unknown = EXCLUDE
