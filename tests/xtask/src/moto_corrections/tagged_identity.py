"""Tags of what IAM keeps and moto has no tags of, the ids of SAML providers, of which there is one of a name, the paths of certificates, and
whether a password has to be changed."""
import uuid

from moto.core.responses import ActionResult, EmptyResult
from moto.iam.exceptions import EntityAlreadyExists, NotFoundException
from moto.iam.models import IAMBackend
from moto.iam.responses import IamResponse


def device(backend, serial):
    try:
        return backend.virtual_mfa_devices[serial]
    except KeyError:
        raise NotFoundException(f"VirtualMFADevice with serial number {serial} doesn't exist.")


# By the kind in the names of operations: the parameter with the id, and the object with it.
TAGGED = {
    "mfa_device": ("SerialNumber", device),
    "saml_provider": ("SAMLProviderArn", lambda backend, arn: backend.get_saml_provider(arn)),
    "server_certificate": ("ServerCertificateName", lambda backend, name: backend.get_server_certificate(name)),
}


def told(tags):
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]


def tagged(kind):
    parameter, find = TAGGED[kind]

    def tags(self):
        return vars(find(self.backend, self._get_param(parameter))).setdefault("kept_tags", {})

    def tag(self):
        tags(self).update((t["Key"], t["Value"]) for t in self._get_param("Tags", []))
        return EmptyResult()

    def untag(self):
        found = tags(self)
        for key in self._get_param("TagKeys", []):
            found.pop(key, None)
        return EmptyResult()

    def list_tags(self):
        return ActionResult({"Tags": told(tags(self)), "IsTruncated": False})

    setattr(IamResponse, f"tag_{kind}", tag)
    setattr(IamResponse, f"untag_{kind}", untag)
    setattr(IamResponse, f"list_{kind}_tags", list_tags)


def made(call, find):
    """Keeps the tags that an object is made with."""

    def create(self):
        answer = call(self)
        vars(find(self.backend, answer.result))["kept_tags"] = {t["Key"]: t["Value"] for t in self._get_param("Tags", [])}
        return answer

    return create


def one_of_a_name(call):
    def create_saml_provider(self, name, saml_metadata_document):
        if name in self.saml_providers:
            raise EntityAlreadyExists(f"SAMLProvider with name {name} already exists.")
        return call(self, name, saml_metadata_document)

    return create_saml_provider


def get_provider(call):
    def get_saml_provider(self):
        found = call(self).result
        more = vars(found)
        known = {"CreateDate": found.create_date, "SAMLMetadataDocument": found.saml_metadata_document, "ValidUntil": found.valid_until}
        return ActionResult(
            {**known, "SAMLProviderUUID": more.setdefault("uuid", str(uuid.uuid4())), "Tags": told(more.get("kept_tags", {}))}
        )

    return get_saml_provider


def get_certificate(call):
    def get_server_certificate(self):
        answer = call(self)
        found = self.backend.get_server_certificate(self._get_param("ServerCertificateName"))
        answer.result["ServerCertificate"]["Tags"] = told(getattr(found, "kept_tags", {}))
        return answer

    return get_server_certificate


def below(call):
    def list_server_certificates(self):
        answer, path = call(self), self._get_param("PathPrefix") or "/"
        found = answer.result["ServerCertificateMetadataList"]
        answer.result["ServerCertificateMetadataList"] = [about for about in found if about["Path"].startswith(path)]
        return answer

    return list_server_certificates


def profile(call):
    def create_login_profile(self):
        answer = call(self)
        reset = bool(self._get_bool_param("PasswordResetRequired"))
        self.backend.get_user(self._get_param("UserName")).password_reset_required = reset
        answer.result["LoginProfile"]["PasswordResetRequired"] = reset
        return answer

    return create_login_profile


for kind in TAGGED:
    tagged(kind)
IAMBackend.create_saml_provider = one_of_a_name(IAMBackend.create_saml_provider)
IamResponse.create_saml_provider = made(
    IamResponse.create_saml_provider, lambda backend, said: backend.get_saml_provider(said["SAMLProviderArn"])
)
IamResponse.upload_server_certificate = made(
    IamResponse.upload_server_certificate,
    lambda backend, said: backend.get_server_certificate(said["ServerCertificateMetadata"]["ServerCertificateName"]),
)
IamResponse.create_virtual_mfa_device = made(
    IamResponse.create_virtual_mfa_device, lambda backend, said: said["VirtualMFADevice"]
)
IamResponse.get_saml_provider = get_provider(IamResponse.get_saml_provider)
IamResponse.get_server_certificate = get_certificate(IamResponse.get_server_certificate)
IamResponse.list_server_certificates = below(IamResponse.list_server_certificates)
IamResponse.create_login_profile = profile(IamResponse.create_login_profile)
