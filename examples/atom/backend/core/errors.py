"""What can be refused or go wrong, as the API's callers need to tell it apart."""


class ServiceError(Exception):
    """A failure whose message may be shown to the caller."""


class InvalidInput(ServiceError):
    """The request is understood and cannot be done as it stands."""


class NotFound(ServiceError):
    """Nothing of that name is visible to the caller."""


class AlreadyExists(ServiceError):
    """The name is taken."""


class UnsupportedDocument(ServiceError):
    """No reader for this kind of document is installed."""


class ModelUnavailable(ServiceError):
    """The model service did not give a usable answer."""


class StoreUnavailable(ServiceError):
    """A store that the request needs cannot be reached."""
