//! `aws_dx_connection`: a line from a location of Direct Connect to AWS.

use super::PATIENCE;
use super::calls::{arn, is_missing, or_missing, pages, wait_for};
use super::tagging::{creation_tags, finish, made_before, tag_map, update_tags};
use crate::Aws;
use crate::ec2::{all_failed, created, set_text};
use crate::tags::Tags;
use aws_sdk_directconnect::types::{Connection as Remote, ConnectionState as State};
use terrane_sdk::{
    ApplyContext, Auto, Computed, Error, Failure, PlanContext, Resource, async_trait, validate,
};

const MODES: &[&str] = &["must_encrypt", "no_encrypt", "should_encrypt"];

/// Orders a line from a location of Direct Connect to AWS. It is there when somebody has put in the cables,
/// which is not waited for.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_dx_connection", keep)]
pub struct DxConnection {
    /// The id of the connection.
    pub id: Computed<String>,
    /// The ARN of the connection.
    pub arn: Computed<String>,
    /// The device at AWS's end.
    pub aws_device: Computed<String>,
    /// How much the line carries, as in `1Gbps`.
    #[attr(force_new, validate = validate::matches("^[0-9]+(G|M)bps$", "be a number followed by Gbps or Mbps"))]
    pub bandwidth: String,
    /// Whether the line is encrypted: `no_encrypt`, `should_encrypt` or `must_encrypt`.
    #[attr(validate = validate::one_of(MODES))]
    pub encryption_mode: Auto<String>,
    /// Whether there is a second line to the same place.
    pub has_logical_redundancy: Computed<String>,
    /// Whether jumbo frames are possible.
    pub jumbo_frame_capable: Computed<bool>,
    /// The location.
    #[attr(force_new)]
    pub location: String,
    /// Whether the line can be encrypted.
    pub macsec_capable: Computed<bool>,
    /// A name for the connection.
    #[attr(force_new)]
    pub name: String,
    /// The account that owns the connection.
    pub owner_account_id: Computed<String>,
    /// The partner who provides the line.
    pub partner_name: Computed<String>,
    /// How the encryption of the port is.
    pub port_encryption_status: Computed<String>,
    /// The provider of the line.
    #[attr(force_new)]
    pub provider_name: Auto<String>,
    /// Whether a port is wanted that can encrypt.
    #[attr(force_new, default = false)]
    pub request_macsec: Option<bool>,
    /// Whether the connection stays when the resource is destroyed.
    #[attr(default = false)]
    pub skip_destroy: Option<bool>,
    /// How far the connection is.
    pub state: Computed<String>,
    /// The tags of the connection.
    pub tags: Tags,
    /// The number of the VLAN.
    pub vlan_id: Computed<i64>,
}

#[async_trait]
impl Resource for DxConnection {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let account = aws.account().await?;
        let made = match cx.repeated {
            true => made_before(all(aws).await?, |c| c.tags(), cx).and_then(|c| c.connection_id),
            false => None,
        };
        let id = match made {
            Some(id) => id,
            None => {
                let call = (aws.directconnect().create_connection())
                    .bandwidth(&planned.bandwidth)
                    .connection_name(&planned.name)
                    .location(&planned.location)
                    .set_provider_name(set_text(planned.provider_name.as_deref()))
                    .set_request_mac_sec(planned.request_macsec.filter(|r| *r))
                    .set_tags(creation_tags(&planned.tags, cx)?);
                let made = aws.call("directconnect:CreateConnection", call.send()).await?;
                created("directconnect:CreateConnection", made.connection_id)?
            }
        };
        let arn = arn(aws, &account, &format!("dxcon/{id}"));
        let started = DxConnection { id: id.as_str().into(), arn: arn.into(), ..planned.clone() };
        let complete = async {
            if let Some(mode) =
                set_text(planned.encryption_mode.as_deref()).filter(|_| planned.is_encrypted())
            {
                set_encryption(aws, &id, &mode).await?;
            }
            let found = find(aws, &id).await?;
            let found = super::calls::there(found, "The connection")?;
            Ok(started.clone().with(aws, &account, found))
        };
        complete.await.map_err(|e| Failure::partial(aws.here(e), started.clone()))
    }

    async fn settled(aws: &Aws, object: Self) {
        finish(aws, object.arn.as_deref()).await;
    }

    /// All connections of the account are one call for each page; a call for many ids does not exist.
    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let found = async { Ok::<_, Error>((all(aws).await?, aws.account().await?)) };
        match found.await {
            Ok((found, account)) => (states.into_iter())
                .map(|state| {
                    let wanted = |c: &&Remote| c.connection_id() == state.id.as_deref() && !is_gone(c);
                    let remote = found.iter().find(wanted).cloned();
                    Ok(remote.map(|remote| state.with(aws, &account, remote)))
                })
                .collect(),
            Err(error) => all_failed(states.len(), &error),
        }
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = prior.id.known()?.clone();
        update_tags(aws, prior.arn.known()?, &prior.tags, &planned.tags).await?;
        match set_text(planned.encryption_mode.as_deref()) {
            Some(mode) if planned.encryption_mode != prior.encryption_mode => {
                set_encryption(aws, &id, &mode).await?;
                let account = aws.account().await?;
                let found = super::calls::there(find(aws, &id).await?, "The connection")?;
                Ok(planned.with(aws, &account, found))
            }
            _ => Ok(planned),
        }
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        if state.skip_destroy == Some(true) {
            return Ok(());
        }
        delete(aws, state.id.known()?).await
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let account = aws.account().await?;
        let found = all(aws).await?.into_iter().filter(|c| !is_gone(c));
        Ok(Some(found.map(|c| Self::default().with(aws, &account, c)).collect()))
    }

    fn plan(cx: &mut PlanContext<'_, Aws>) {
        if cx.changed("encryption_mode") {
            for name in ["port_encryption_status", "state"] {
                cx.set_unknown(name);
            }
        }
    }
}

impl DxConnection {
    fn is_encrypted(&self) -> bool {
        self.encryption_mode.as_deref() != Some("no_encrypt") || self.request_macsec == Some(true)
    }

    /// This object as Direct Connect describes it.
    fn with(self, aws: &Aws, account: &str, remote: Remote) -> DxConnection {
        let id = remote.connection_id.unwrap_or_default();
        let text = |t: Option<String>| t.unwrap_or_default();
        DxConnection {
            arn: arn(aws, account, &format!("dxcon/{id}")).into(),
            aws_device: text(remote.aws_device_v2).into(),
            bandwidth: text(remote.bandwidth),
            encryption_mode: text(remote.encryption_mode).into(),
            has_logical_redundancy: text(remote.has_logical_redundancy.map(|r| r.as_str().to_owned())).into(),
            jumbo_frame_capable: remote.jumbo_frame_capable.unwrap_or_default().into(),
            location: text(remote.location),
            macsec_capable: remote.mac_sec_capable.unwrap_or_default().into(),
            name: text(remote.connection_name),
            owner_account_id: text(remote.owner_account).into(),
            partner_name: text(remote.partner_name).into(),
            port_encryption_status: text(remote.port_encryption_status).into(),
            provider_name: text(remote.provider_name).into(),
            // What was asked for at the order is what the port can.
            request_macsec: Some(self.request_macsec.unwrap_or(remote.mac_sec_capable.unwrap_or_default())),
            skip_destroy: Some(self.skip_destroy.unwrap_or_default()),
            state: text(remote.connection_state.map(|s| s.as_str().to_owned())).into(),
            tags: tag_map(remote.tags),
            vlan_id: i64::from(remote.vlan).into(),
            id: id.into(),
        }
    }
}

/// All connections of the account in the region.
pub(super) async fn all(aws: &Aws) -> Result<Vec<Remote>, Error> {
    pages!(aws, "directconnect:DescribeConnections", aws.directconnect().describe_connections(), connections)
}

/// One connection, perhaps one that is gone.
pub(super) async fn find(aws: &Aws, id: &str) -> Result<Option<Remote>, Error> {
    let call = aws.directconnect().describe_connections().connection_id(id).send();
    let found = or_missing(aws.call("directconnect:DescribeConnections", call).await)?;
    Ok(found.and_then(|f| f.connections?.into_iter().next()))
}

pub(super) fn is_gone(connection: &Remote) -> bool {
    matches!(connection.connection_state(), Some(State::Deleted | State::Deleting | State::Rejected))
}

pub(super) fn state(connection: &Remote) -> &str {
    connection.connection_state().map_or("unknown", |s| s.as_str())
}

async fn set_encryption(aws: &Aws, id: &str, mode: &str) -> Result<(), Error> {
    let call = aws.directconnect().update_connection().connection_id(id).encryption_mode(mode).send();
    aws.call("directconnect:UpdateConnection", call).await.map(|_| ())
}

/// Deletes a connection and waits until it is gone.
pub(super) async fn delete(aws: &Aws, id: &str) -> Result<(), Error> {
    let call = aws.directconnect().delete_connection().connection_id(id).send();
    match aws.call("directconnect:DeleteConnection", call).await {
        Err(e) if is_missing(&e) => return Ok(()),
        other => drop(other?),
    }
    let what = format!("connection {id} to be deleted");
    wait_for(&what, &["deleted", "rejected"], true, PATIENCE, state, || find(aws, id)).await.map(|_| ())
}
