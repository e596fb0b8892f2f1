//! `aws_iam_virtual_mfa_device`: a second factor that an application on a phone is.

use crate::Aws;
use crate::tags::Tags;
use aws_sdk_iam::types::VirtualMfaDevice as RemoteDevice;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::collections::HashMap;
use terrane_sdk::{
    ApplyContext, Attributes, Computed, Error, Failure, Resource, Value, async_trait, join_all, validate,
};

use super::listing::pages;
use super::tagging::{tag_list, tag_map, update_tags};
use super::{date, is_taken, name, unless_gone};

/// Provides a virtual MFA device. A user must then enable it, with two codes that it shows.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_iam_virtual_mfa_device", keep)]
pub struct VirtualMfaDevice {
    /// What the state knows it by.
    pub id: Computed<String>,
    /// Its ARN.
    pub arn: Computed<String>,
    /// The seed of the device's codes, in base 32. AWS tells it once.
    pub base_32_string_seed: Computed<String>,
    /// When the device was enabled.
    pub enable_date: Computed<String>,
    /// The path in which the device is.
    #[attr(force_new, default = "/", validate = name::valid_path)]
    pub path: Option<String>,
    /// A picture of the seed to be read by a phone: PNG in base 64. AWS tells it once.
    pub qr_code_png: Computed<String>,
    /// The device's number, which is its ARN.
    pub serial_number: Computed<String>,
    /// Its tags.
    pub tags: Tags,
    /// The user who has enabled the device.
    pub user_name: Computed<String>,
    /// The device's name.
    #[attr(
        force_new,
        validate = validate::length(1..=226),
        validate = validate::matches(r"^[\w+=,.@-]+$", "only have letters, digits and any of +=,.@-_")
    )]
    pub virtual_mfa_device_name: String,
}

/// Path and name of the device with this ARN.
fn parts(arn: &str) -> Option<(&str, &str)> {
    let (_, rest) = arn.split_once(":mfa")?;
    let (_, name) = rest.rsplit_once('/')?;
    Some((&rest[..rest.len() - name.len()], name))
}

impl VirtualMfaDevice {
    fn with_remote(self, device: &RemoteDevice) -> VirtualMfaDevice {
        let serial = device.serial_number.clone();
        let (path, name) =
            parts(&serial).map_or((None, String::new()), |(p, n)| (Some(p.to_owned()), n.to_owned()));
        VirtualMfaDevice {
            enable_date: device.enable_date.as_ref().and_then(date).into(),
            path,
            user_name: device
                .user
                .as_ref()
                .map(|user| user.user_name.clone())
                .filter(|n| !n.is_empty())
                .into(),
            virtual_mfa_device_name: name,
            id: serial.clone().into(),
            arn: serial.clone().into(),
            serial_number: serial.into(),
            ..self
        }
    }
}

/// All devices of the account by ARN, without seeds and tags.
async fn devices(aws: &Aws) -> Result<HashMap<String, RemoteDevice>, Error> {
    let all = pages!(aws, "iam:ListVirtualMFADevices", aws.iam().list_virtual_mfa_devices())?;
    Ok(all.into_iter().map(|device| (device.serial_number.clone(), device)).collect())
}

async fn tags_of(aws: &Aws, serial: &str) -> Result<Tags, Error> {
    let found = pages!(aws, "iam:ListMFADeviceTags", aws.iam().list_mfa_device_tags().serial_number(serial));
    Ok(tag_map(unless_gone(found)?.as_ref()))
}

async fn delete(aws: &Aws, serial: &str, user: Option<&str>) -> Result<(), Error> {
    if let Some(user) = user {
        let call = aws.iam().deactivate_mfa_device().user_name(user).serial_number(serial).send();
        unless_gone(aws.call("iam:DeactivateMFADevice", call).await)?;
    }
    let call = aws.iam().delete_virtual_mfa_device().serial_number(serial).send();
    unless_gone(aws.call("iam:DeleteVirtualMFADevice", call).await).map(|_| ())
}

#[async_trait]
impl Resource for VirtualMfaDevice {
    type Client = Aws;

    /// The seed of a device that an interrupted run made is lost. As long as nobody has enabled that
    /// device, a new one takes its place.
    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let tags = tag_list(&planned.tags)?;
        let create = || async {
            let call = (aws.iam().create_virtual_mfa_device())
                .virtual_mfa_device_name(&planned.virtual_mfa_device_name)
                .set_path(planned.path.clone())
                .set_tags(tags.clone());
            aws.call("iam:CreateVirtualMFADevice", call.send()).await
        };
        let answer = match create().await {
            Err(error) if cx.repeated && is_taken(&error) => {
                let path = planned.path.as_deref().unwrap_or("/");
                let end = format!(":mfa{path}{}", planned.virtual_mfa_device_name);
                let all = devices(aws).await?;
                let unused =
                    |device: &&RemoteDevice| device.serial_number.ends_with(&end) && device.user.is_none();
                let Some(lost) = all.values().find(unused) else { return Err(error.into()) };
                delete(aws, &lost.serial_number, None).await?;
                create().await?
            }
            answer => answer?,
        };
        let missing = || Error::new("CreateVirtualMFADevice failed", "The answer has no device.");
        let device = answer.virtual_mfa_device.ok_or_else(missing)?;
        let seed = device.base32_string_seed.as_ref();
        let seed = seed.map(|seed| String::from_utf8_lossy(seed.as_ref()).into_owned());
        let picture = device.qr_code_png.as_ref().map(|picture| STANDARD.encode(picture.as_ref()));
        Ok(Self {
            base_32_string_seed: seed.into(),
            qr_code_png: picture.into(),
            ..planned.with_remote(&device)
        })
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        if states.is_empty() {
            return Vec::new();
        }
        let all = match devices(aws).await {
            Ok(all) => all,
            Err(error) => return states.iter().map(|_| Err(error.clone())).collect(),
        };
        let read = |state: Self| async {
            let Some(device) = all.get(state.id.known()?) else { return Ok(None) };
            // The listing has no tags.
            let tags = tags_of(aws, &device.serial_number).await?;
            Ok(Some(Self { tags, ..state.with_remote(device) }))
        };
        join_all(states.into_iter().map(read)).await
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let serial = planned.id.known()?;
        update_tags!(aws, &prior.tags, &planned.tags,
            "iam:TagMFADevice" => aws.iam().tag_mfa_device().serial_number(serial),
            "iam:UntagMFADevice" => aws.iam().untag_mfa_device().serial_number(serial));
        Ok(planned)
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let user = state.user_name.as_deref().filter(|user| !user.is_empty());
        delete(aws, state.id.known()?, user).await
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let all = devices(aws).await?;
        Ok(Some(all.values().map(|device| Self::default().with_remote(device)).collect()))
    }

    /// The ARN.
    fn import(id: &str) -> Result<Attributes, Error> {
        match parts(id) {
            Some((_, name)) if !name.is_empty() => Ok(vec![("id", Value::from(id))]),
            _ => Err(Error::new(
                "Invalid import id",
                format!("Expected the ARN of an MFA device, got {id:?}."),
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn arns_are_taken_apart() {
        assert_eq!(parts("arn:aws:iam::123456789012:mfa/phone"), Some(("/", "phone")));
        assert_eq!(parts("arn:aws:iam::123456789012:mfa/a/b/phone"), Some(("/a/b/", "phone")));
        assert_eq!(parts("arn:aws:iam::123456789012:user/phone"), None);
    }
}
