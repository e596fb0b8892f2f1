"""The clients of providers of OpenID Connect, for which moto has no calls."""
from moto.core.responses import EmptyResult
from moto.iam.exceptions import LimitExceededException
from moto.iam.responses import IamResponse


def provider(self):
    return self.backend.get_open_id_connect_provider(self._get_param("OpenIDConnectProviderArn"))


def add_client(self):
    found, client = provider(self), self._get_param("ClientID")
    if client not in found.client_id_list:
        if len(found.client_id_list) == 100:
            raise LimitExceededException("Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100")
        found.client_id_list = [*found.client_id_list, client]
    return EmptyResult()


def remove_client(self):
    found = provider(self)
    found.client_id_list = [c for c in found.client_id_list if c != self._get_param("ClientID")]
    return EmptyResult()


IamResponse.add_client_id_to_open_id_connect_provider = add_client
IamResponse.remove_client_id_from_open_id_connect_provider = remove_client
