variable "changed" {
  description = "Whether a service has come since, and another has one more account."
  type        = bool
  default     = false
}

provider "aws" {
  region = "eu-west-1"
}

locals {
  certificate = join("", [for line in range(40) : "MIIDdDCCAlygAwIBAgIGAXo6K2u5MA0GCSqGSIb3"])
}

module "step" {
  source = "../.."

  saml_provider_name = "directory"
  saml_metadata      = <<-XML
    <?xml version="1.0"?>
    <EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://directory.example.com">
      <IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
        <KeyDescriptor use="signing">
          <KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>${local.certificate}</X509Certificate></X509Data></KeyInfo>
        </KeyDescriptor>
        <SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://directory.example.com/sso"/>
      </IDPSSODescriptor>
    </EntityDescriptor>
  XML

  services = merge(
    { orders = { accounts = var.changed ? ["111111111111", "222222222222"] : ["111111111111"] } },
    var.changed ? { ads = { accounts = ["333333333333"], variants = ["admin"] } } : {},
  )
}
