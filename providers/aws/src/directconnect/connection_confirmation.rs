//! `aws_dx_connection_confirmation`: the consent to a connection that a partner hosts for the account.

use super::PATIENCE;
use super::calls::wait_for;
use super::connection::{all, find, state};
use crate::Aws;
use crate::ec2::all_failed;
use aws_sdk_directconnect::types::{Connection, ConnectionState as State};
use terrane_sdk::{ApplyContext, Attributes, Computed, Error, Failure, Resource, Value, async_trait};

/// Accepts a hosted connection. When it is destroyed, the connection stays.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_dx_connection_confirmation", keep)]
pub struct DxConnectionConfirmation {
    /// The id of the connection.
    pub id: Computed<String>,
    /// The connection.
    #[attr(force_new)]
    pub connection_id: String,
}

fn is_confirmed(connection: &Connection) -> bool {
    ["available", "pending", "down"].contains(&state(connection))
}

#[async_trait]
impl Resource for DxConnectionConfirmation {
    type Client = Aws;

    const PART: bool = true;

    /// The connection is the natural key: confirmed by an earlier attempt, it is no longer in state
    /// `ordering`.
    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = planned.connection_id.clone();
        let now = if cx.repeated { find(aws, &id).await? } else { None };
        if now.is_none_or(|c| c.connection_state() == Some(&State::Ordering)) {
            let call = aws.directconnect().confirm_connection().connection_id(&id).send();
            aws.call("directconnect:ConfirmConnection", call).await?;
        }
        let started = DxConnectionConfirmation { id: id.as_str().into(), ..planned };
        let what = format!("connection {id} to be available");
        match wait_for(&what, &["available"], false, PATIENCE, state, || find(aws, &id)).await {
            Ok(_) => Ok(started),
            Err(error) => Err(Failure::partial(aws.here(error), started)),
        }
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        match all(aws).await {
            Ok(found) => (states.into_iter())
                .map(|object| {
                    let confirmed = found
                        .iter()
                        .any(|c| c.connection_id() == Some(&*object.connection_id) && is_confirmed(c));
                    let id = object.connection_id.clone();
                    Ok(confirmed.then(|| DxConnectionConfirmation { id: id.into(), ..object }))
                })
                .collect(),
            Err(error) => all_failed(states.len(), &error),
        }
    }

    async fn update(_: &Aws, _: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(planned)
    }

    async fn delete(_: &Aws, _: Self, _: &ApplyContext) -> Result<(), Error> {
        Ok(())
    }

    /// One for each connection that a partner hosts.
    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let hosted = all(aws).await?.into_iter().filter(|c| c.partner_name().is_some() && is_confirmed(c));
        let object = |id: String| Self { id: id.as_str().into(), connection_id: id };
        Ok(Some(hosted.filter_map(|c| c.connection_id).map(object).collect()))
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        Ok(vec![("id", Value::from(id)), ("connection_id", Value::from(id))])
    }
}
