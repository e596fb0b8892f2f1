//! `aws_dx_connection_association`: a connection as a member of a link aggregation group.

use super::calls::is_missing;
use super::connection::{all, find};
use crate::Aws;
use crate::ec2::{all_failed, import_parts};
use aws_sdk_directconnect::types::Connection;
use terrane_sdk::{ApplyContext, Attributes, Computed, Error, Failure, Resource, Value, async_trait};

/// Makes a connection a member of a link aggregation group.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_dx_connection_association", keep)]
pub struct DxConnectionAssociation {
    /// The id of the connection.
    pub id: Computed<String>,
    /// The connection.
    #[attr(force_new)]
    pub connection_id: String,
    /// The group.
    #[attr(force_new)]
    pub lag_id: String,
}

#[async_trait]
impl Resource for DxConnectionAssociation {
    type Client = Aws;

    const PART: bool = true;

    /// The connection is the natural key: what an earlier attempt made is there.
    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = planned.connection_id.clone();
        let now = if cx.repeated { find(aws, &id).await? } else { None };
        if now.is_none_or(|c| c.lag_id() != Some(&*planned.lag_id)) {
            let call = (aws.directconnect().associate_connection_with_lag())
                .connection_id(&id)
                .lag_id(&planned.lag_id)
                .send();
            aws.call("directconnect:AssociateConnectionWithLag", call).await?;
        }
        Ok(DxConnectionAssociation { id: id.into(), ..planned })
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        match all(aws).await {
            Ok(found) => (states.into_iter())
                .map(|state| {
                    let there = found.iter().any(|c| {
                        c.connection_id() == Some(&*state.connection_id) && c.lag_id() == Some(&*state.lag_id)
                    });
                    Ok(there.then_some(state))
                })
                .collect(),
            Err(error) => all_failed(states.len(), &error),
        }
    }

    async fn update(_: &Aws, _: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(planned)
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let now = find(aws, &state.connection_id).await?;
        if now.is_none_or(|c| c.lag_id() != Some(&*state.lag_id)) {
            return Ok(());
        }
        let call = (aws.directconnect().disassociate_connection_from_lag())
            .connection_id(&state.connection_id)
            .lag_id(&state.lag_id)
            .send();
        match aws.call("directconnect:DisassociateConnectionFromLag", call).await {
            Err(e) if is_missing(&e) => Ok(()),
            other => other.map(|_| ()),
        }
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let object = |c: Connection| {
            let (connection_id, lag_id) = (c.connection_id?, c.lag_id?);
            Some(Self { id: connection_id.as_str().into(), connection_id, lag_id })
        };
        Ok(Some(all(aws).await?.into_iter().filter_map(object).collect()))
    }

    fn import_id(&self) -> Option<String> {
        Some(format!("{}/{}", self.connection_id, self.lag_id))
    }

    /// `dxcon-1/dxlag-1`.
    fn import(id: &str) -> Result<Attributes, Error> {
        let [connection, lag] = import_parts(id, '/', ["CONNECTION-ID", "LAG-ID"])?;
        let named = [("id", connection), ("connection_id", connection), ("lag_id", lag)];
        Ok(named.map(|(name, text)| (name, Value::from(text))).into())
    }
}
