//! `aws_vpc_endpoint_service_allowed_principal`: one who may make endpoints for a service.

use super::service_permissions as permissions;
use crate::Aws;
use crate::client::is_not_found;
use crate::ec2::kind::{all, parts};
use aws_sdk_ec2::types::{AllowedPrincipal, ServiceConfiguration};
use std::collections::{BTreeMap, BTreeSet};
use terrane_sdk::{
    ApplyContext, Attributes, Computed, Error, Failure, Resource, Value, async_trait, join_all, try_join_all,
};

/// Lets a principal make endpoints for a service.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_vpc_endpoint_service_allowed_principal", keep)]
pub struct EndpointServiceAllowedPrincipal {
    /// The id of the permission.
    pub id: Computed<String>,
    /// The ARN of the principal; `*` for everybody.
    #[attr(force_new)]
    pub principal_arn: String,
    /// The service.
    #[attr(force_new)]
    pub vpc_endpoint_service_id: String,
}

#[async_trait]
impl Resource for EndpointServiceAllowedPrincipal {
    type Client = Aws;

    const PART: bool = true;

    /// Service and principal are the natural key; to allow again changes nothing.
    async fn create(aws: &Aws, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let (service, principal) = (&planned.vpc_endpoint_service_id, &planned.principal_arn);
        permissions::change(aws, service, vec![principal.clone()], Vec::new()).await?;
        let found = permissions::list(aws, service).await?;
        let made = found.into_iter().find(|p| p.principal() == Some(principal));
        let id = made.and_then(|p| p.service_permission_id).unwrap_or_else(|| principal.clone());
        Ok(Self { id: id.into(), ..planned })
    }

    /// EC2 tells permissions service by service, so that these calls run side by side.
    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let services: BTreeSet<String> = states.iter().map(|s| s.vpc_endpoint_service_id.clone()).collect();
        let read = |service: String| async move {
            let found = match permissions::list(aws, &service).await {
                Err(e) if is_not_found(&e) => Ok(Vec::new()),
                other => other,
            };
            (service, found)
        };
        let found: BTreeMap<String, Result<Vec<_>, Error>> =
            join_all(services.into_iter().map(read)).await.into_iter().collect();
        let now = |state: Self| {
            let Some(all) = found.get(&state.vpc_endpoint_service_id) else { return Ok(None) };
            let all = all.as_ref().map_err(Clone::clone)?;
            let permission = all.iter().find(|p| p.principal() == Some(&state.principal_arn));
            Ok(permission.map(|p| {
                let id = p.service_permission_id.clone().or(state.id.0.clone());
                Self { id: id.into(), ..state }
            }))
        };
        states.into_iter().map(now).collect()
    }

    /// Nothing of a permission can be changed.
    async fn update(_: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(Self { id: prior.id, ..planned })
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let gone = vec![state.principal_arn];
        match permissions::change(aws, &state.vpc_endpoint_service_id, Vec::new(), gone).await {
            Err(e) if is_not_found(&e) => Ok(()),
            other => other,
        }
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let services = all::<ServiceConfiguration>(aws).await?;
        let of = |service: String| async move {
            let object = |p: AllowedPrincipal| Self {
                id: p.service_permission_id.into(),
                principal_arn: p.principal.unwrap_or_default(),
                vpc_endpoint_service_id: service.clone(),
            };
            let found = permissions::list(aws, &service).await?;
            Ok::<_, Error>(found.into_iter().map(object).collect::<Vec<_>>())
        };
        let found = try_join_all(services.into_iter().filter_map(|s| s.service_id).map(of)).await?;
        Ok(Some(found.into_iter().flatten().collect()))
    }

    fn import_id(&self) -> Option<String> {
        Some(format!("{}/{}", self.vpc_endpoint_service_id, self.principal_arn))
    }

    /// `SERVICE/PRINCIPAL`.
    fn import(id: &str) -> Result<Attributes, Error> {
        let [service, principal] = parts(id, '/', ["SERVICE-ID", "PRINCIPAL-ARN"])?;
        Ok(vec![("vpc_endpoint_service_id", Value::from(service)), ("principal_arn", Value::from(principal))])
    }
}
