//! `aws_dx_lag`: connections that work as one, a link aggregation group.

use super::PATIENCE;
use super::calls::{arn, is_missing, or_missing, pages, there, wait_for};
use super::connection;
use super::tagging::{creation_tags, finish, made_before, tag_map, update_tags};
use crate::Aws;
use crate::ec2::{all_failed, created, set_text};
use crate::tags::Tags;
use aws_sdk_directconnect::types::{Lag as Remote, LagState as State};
use terrane_sdk::{ApplyContext, Auto, Computed, Error, Failure, Resource, async_trait, validate};

/// Provides a link aggregation group.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_dx_lag", keep)]
pub struct DxLag {
    /// The id of the group.
    pub id: Computed<String>,
    /// The ARN of the group.
    pub arn: Computed<String>,
    /// A connection that becomes the first member; without it the group is made empty.
    #[attr(force_new)]
    pub connection_id: Auto<String>,
    /// How much each connection carries, as in `1Gbps`.
    #[attr(force_new, validate = validate::matches("^[0-9]+(G|M)bps$", "be a number followed by Gbps or Mbps"))]
    pub connections_bandwidth: String,
    /// Whether the connections in the group are deleted with it.
    #[attr(default = false)]
    pub force_destroy: Option<bool>,
    /// Whether there is a second group to the same place.
    pub has_logical_redundancy: Computed<String>,
    /// Whether jumbo frames are possible.
    pub jumbo_frame_capable: Computed<bool>,
    /// The location.
    #[attr(force_new)]
    pub location: String,
    /// A name for the group.
    pub name: String,
    /// The account that owns the group.
    pub owner_account_id: Computed<String>,
    /// The provider of the lines.
    #[attr(force_new)]
    pub provider_name: Auto<String>,
    /// The tags of the group.
    pub tags: Tags,
}

#[async_trait]
impl Resource for DxLag {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let account = aws.account().await?;
        let made = match cx.repeated {
            true => made_before(all(aws).await?, |l| l.tags(), cx).and_then(|l| l.lag_id),
            false => None,
        };
        let id = match made {
            Some(id) => id,
            None => {
                // A group is made with at least one connection, which is there or is ordered with it.
                let call = (aws.directconnect().create_lag())
                    .connections_bandwidth(&planned.connections_bandwidth)
                    .set_connection_id(set_text(planned.connection_id.as_deref()))
                    .lag_name(&planned.name)
                    .location(&planned.location)
                    .number_of_connections(1)
                    .set_provider_name(set_text(planned.provider_name.as_deref()))
                    .set_tags(creation_tags(&planned.tags, cx)?);
                let made = aws.call("directconnect:CreateLag", call.send()).await?;
                created("directconnect:CreateLag", made.lag_id)?
            }
        };
        let arn = arn(aws, &account, &format!("dxlag/{id}"));
        let started = DxLag { id: id.as_str().into(), arn: arn.into(), ..planned.clone() };
        let complete = async {
            let found = there(find(aws, &id).await?, "The group")?;
            if set_text(planned.connection_id.as_deref()).is_none() {
                // Nobody asked for the connection that was ordered with the group.
                for member in found.connections().iter().filter(|c| !connection::is_gone(c)) {
                    connection::delete(aws, member.connection_id().unwrap_or_default()).await?;
                }
            }
            let found = there(find(aws, &id).await?, "The group")?;
            Ok(started.clone().with(aws, &account, found))
        };
        complete.await.map_err(|e| Failure::partial(aws.here(e), started.clone()))
    }

    async fn settled(aws: &Aws, object: Self) {
        finish(aws, object.arn.as_deref()).await;
    }

    /// All groups of the account are one call for each page; a call for many ids does not exist.
    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let found = async { Ok::<_, Error>((all(aws).await?, aws.account().await?)) };
        match found.await {
            Ok((found, account)) => (states.into_iter())
                .map(|state| {
                    let wanted = |l: &&Remote| l.lag_id() == state.id.as_deref() && !is_gone(l);
                    let remote = found.iter().find(wanted).cloned();
                    Ok(remote.map(|remote| state.with(aws, &account, remote)))
                })
                .collect(),
            Err(error) => all_failed(states.len(), &error),
        }
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        if prior.name != planned.name {
            let call = aws.directconnect().update_lag().lag_id(prior.id.known()?).lag_name(&planned.name);
            aws.call("directconnect:UpdateLag", call.send()).await?;
        }
        update_tags(aws, prior.arn.known()?, &prior.tags, &planned.tags).await?;
        Ok(planned)
    }

    async fn delete(aws: &Aws, object: Self, _: &ApplyContext) -> Result<(), Error> {
        let id = object.id.known()?;
        if object.force_destroy == Some(true) {
            let members = find(aws, id).await?.and_then(|l| l.connections).unwrap_or_default();
            for member in members.iter().filter(|c| !connection::is_gone(c)) {
                connection::delete(aws, member.connection_id().unwrap_or_default()).await?;
            }
        } else if let Some(first) = set_text(object.connection_id.as_deref()) {
            // The group was made with it, and goes without it.
            let call = aws.directconnect().disassociate_connection_from_lag().connection_id(first).lag_id(id);
            match aws.call("directconnect:DisassociateConnectionFromLag", call.send()).await {
                Err(e) if e.has_code(&["DirectConnectClientException"]) => {}
                other => drop(other?),
            }
        }
        let call = aws.directconnect().delete_lag().lag_id(id).send();
        match aws.call("directconnect:DeleteLag", call).await {
            Err(e) if is_missing(&e) => return Ok(()),
            other => drop(other?),
        }
        let what = format!("link aggregation group {id} to be deleted");
        wait_for(&what, &["deleted"], true, PATIENCE, state, || find(aws, id)).await.map(|_| ())
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let account = aws.account().await?;
        let found = all(aws).await?.into_iter().filter(|l| !is_gone(l));
        Ok(Some(found.map(|l| Self::default().with(aws, &account, l)).collect()))
    }
}

impl DxLag {
    /// This object as Direct Connect describes it.
    fn with(self, aws: &Aws, account: &str, remote: Remote) -> DxLag {
        let id = remote.lag_id.unwrap_or_default();
        let text = |t: Option<String>| t.unwrap_or_default();
        DxLag {
            arn: arn(aws, account, &format!("dxlag/{id}")).into(),
            connection_id: self.connection_id.0.unwrap_or_default().into(),
            connections_bandwidth: text(remote.connections_bandwidth),
            force_destroy: Some(self.force_destroy.unwrap_or_default()),
            has_logical_redundancy: text(remote.has_logical_redundancy.map(|r| r.as_str().to_owned())).into(),
            jumbo_frame_capable: remote.jumbo_frame_capable.unwrap_or_default().into(),
            location: text(remote.location),
            name: text(remote.lag_name),
            owner_account_id: text(remote.owner_account).into(),
            provider_name: text(remote.provider_name).into(),
            tags: tag_map(remote.tags),
            id: id.into(),
        }
    }
}

fn state(lag: &Remote) -> &str {
    lag.lag_state().map_or("unknown", |s| s.as_str())
}

fn is_gone(lag: &Remote) -> bool {
    matches!(lag.lag_state(), Some(State::Deleted | State::Deleting))
}

async fn all(aws: &Aws) -> Result<Vec<Remote>, Error> {
    pages!(aws, "directconnect:DescribeLags", aws.directconnect().describe_lags(), lags)
}

async fn find(aws: &Aws, id: &str) -> Result<Option<Remote>, Error> {
    let call = aws.directconnect().describe_lags().lag_id(id).send();
    let found = or_missing(aws.call("directconnect:DescribeLags", call).await)?;
    Ok(found.and_then(|f| f.lags?.into_iter().next()))
}
