"""Stores of keys besides AWS's own."""
import json

from moto.core.exceptions import JsonRESTError
from moto.kms.models import Key
from moto.kms.responses import KmsResponse


def create_store(self):
    """A store of keys; which one, and whether it is connected, nobody asks."""
    stores = vars(self.kms_backend).setdefault("stores", {})
    kind = self._get_param("CustomKeyStoreType") or "AWS_CLOUDHSM"
    if any(name == self._get_param("CustomKeyStoreName") for name, _ in stores.values()):
        raise JsonRESTError("CustomKeyStoreNameInUseException", "There is a store of this name.")
    identifier = f"cks-{len(stores):017x}"
    stores[identifier] = (self._get_param("CustomKeyStoreName"), kind)
    return json.dumps({"CustomKeyStoreId": identifier})



def key(call):
    def create_key(self):
        store, outside = self._get_param("CustomKeyStoreId"), self._get_param("XksKeyId")
        kind = vars(self.kms_backend).get("stores", {}).get(store, (None, None))[1]
        if store and kind is None:
            raise JsonRESTError("CustomKeyStoreNotFoundException", f"There is no store {store}.")
        if (self._get_param("Origin") or "AWS_KMS") != (kind or "AWS_KMS"):
            raise JsonRESTError("UnsupportedOperationException", "The origin is not that of the store.")
        if bool(outside) != (kind == "EXTERNAL_KEY_STORE"):
            raise JsonRESTError("ValidationException", "XksKeyId is for keys in a store outside of AWS.")
        made = json.loads(call(self))["KeyMetadata"]
        found = self.kms_backend.describe_key(made["KeyId"])
        found.store = {
            **({"CustomKeyStoreId": store} if store else {}),
            **({"XksKeyConfiguration": {"Id": outside}} if outside else {}),
        }
        return json.dumps(found.to_dict())

    return create_key


def describe_key(call):
    def to_dict(self):
        told = call(self)
        told["KeyMetadata"].update(getattr(self, "store", {}))
        return told

    return to_dict


Key.to_dict = describe_key(Key.to_dict)
KmsResponse.create_custom_key_store = create_store
KmsResponse.create_key = key(KmsResponse.create_key)
