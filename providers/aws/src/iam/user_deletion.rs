//! What must go before a user can.

use crate::Aws;
use terrane_sdk::Error;

use super::conflict::named;
use super::holder::{Holder, Users, policies_of};
use super::listing::pages;
use super::membership::leave_group;
use super::unless_gone;

/// Takes the user out of all groups.
pub(super) async fn leave_groups(aws: &Aws, user: &str) -> Result<(), Error> {
    let groups = pages!(aws, "iam:ListGroupsForUser", aws.iam().list_groups_for_user().user_name(user));
    for group in unless_gone(groups)?.unwrap_or_default() {
        leave_group(aws, user, &group.group_name).await?;
    }
    Ok(())
}

/// Removes the user's credentials and policies.
pub(super) async fn remove_all(aws: &Aws, user: &str) -> Result<(), Error> {
    let iam = aws.iam();
    for key in pages!(aws, "iam:ListAccessKeys", iam.list_access_keys().user_name(user))? {
        let call = iam.delete_access_key().user_name(user).set_access_key_id(key.access_key_id).send();
        unless_gone(aws.call("iam:DeleteAccessKey", call).await)?;
    }
    for key in pages!(aws, "iam:ListSSHPublicKeys", iam.list_ssh_public_keys().user_name(user))? {
        let call =
            iam.delete_ssh_public_key().user_name(user).ssh_public_key_id(key.ssh_public_key_id).send();
        unless_gone(aws.call("iam:DeleteSSHPublicKey", call).await)?;
    }
    for device in pages!(aws, "iam:ListMFADevices", iam.list_mfa_devices().user_name(user))? {
        let serial = device.serial_number;
        let call = iam.deactivate_mfa_device().user_name(user).serial_number(&serial).send();
        unless_gone(aws.call("iam:DeactivateMFADevice", call).await)?;
        // Only virtual devices have an ARN as their serial number.
        if serial.starts_with("arn:") {
            let call = iam.delete_virtual_mfa_device().serial_number(serial).send();
            unless_gone(aws.call("iam:DeleteVirtualMFADevice", call).await)?;
        }
    }
    let call = iam.delete_login_profile().user_name(user).send();
    unless_gone(aws.call("iam:DeleteLoginProfile", call).await)?;
    for certificate in
        pages!(aws, "iam:ListSigningCertificates", iam.list_signing_certificates().user_name(user))?
    {
        let call =
            iam.delete_signing_certificate().user_name(user).certificate_id(certificate.certificate_id);
        unless_gone(aws.call("iam:DeleteSigningCertificate", call.send()).await)?;
    }
    let call = iam.list_service_specific_credentials().user_name(user).send();
    let credentials = aws.call("iam:ListServiceSpecificCredentials", call).await?;
    for credential in credentials.service_specific_credentials.unwrap_or_default() {
        let id = credential.service_specific_credential_id;
        let call =
            iam.delete_service_specific_credential().user_name(user).service_specific_credential_id(id);
        unless_gone(aws.call("iam:DeleteServiceSpecificCredential", call.send()).await)?;
    }
    for policy in Users::inline_names(aws, user).await?.unwrap_or_default() {
        Users::delete(aws, user, &policy).await?;
    }
    for arn in Users::attached(aws, user).await?.unwrap_or_default() {
        Users::detach(aws, user, &arn).await?;
    }
    Ok(())
}

/// What the user still has, in words: credentials and policies.
pub(super) async fn left(aws: &Aws, user: &str) -> Result<Vec<String>, Error> {
    let iam = aws.iam();
    let keys = pages!(aws, "iam:ListAccessKeys", iam.list_access_keys().user_name(user))?;
    let ssh = pages!(aws, "iam:ListSSHPublicKeys", iam.list_ssh_public_keys().user_name(user))?;
    let devices = pages!(aws, "iam:ListMFADevices", iam.list_mfa_devices().user_name(user))?;
    let call = iam.get_login_profile().user_name(user).send();
    let password = unless_gone(aws.call("iam:GetLoginProfile", call).await)?;
    Ok([
        named("the access key", keys.into_iter().filter_map(|key| key.access_key_id)),
        named("the SSH key", ssh.into_iter().map(|key| key.ssh_public_key_id)),
        named("the MFA device", devices.into_iter().map(|device| device.serial_number)),
        password.map(|_| "a password".to_owned()).into_iter().collect(),
        policies_of::<Users>(aws, user).await?,
    ]
    .concat())
}
