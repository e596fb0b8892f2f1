//! `aws_vpc_endpoint_service`: a service behind load balancers, for endpoints in VPCs of others.

use super::service_permissions as permissions;
use crate::Aws;
use crate::client::{Poll, is_not_found, retry_while};
use crate::ec2::batch::{PAGE, all_failed, pages};
use crate::ec2::kind::{self, by_ids, created, kind, set, visible};
use crate::ec2::operation::{creation_tags, find_made, finish};
use crate::ec2::tagging::{tag_map, update_tags};
use crate::tags::Tags;
use aws_sdk_ec2::types::{self, ResourceType, ServiceState as State};
use std::collections::BTreeSet;
use std::time::Duration;
use terrane_sdk::{
    ApplyContext, Auto, Block, Computed, Error, Failure, PlanContext, Resource, async_trait, imported,
    validate,
};

const PATIENCE: Duration = Duration::from_secs(10 * 60);

kind!(types::ServiceConfiguration, "VPC endpoint service", Some("service-id"), service_id, |aws, filters| {
    let call = aws.ec2().describe_vpc_endpoint_service_configurations().set_filters(filters).max_results(PAGE);
    pages!(aws, "ec2:DescribeVpcEndpointServiceConfigurations", call)
}, gone: |service| matches!(service.service_state(), Some(State::Deleted | State::Deleting)));

/// Provides a service for endpoints.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_vpc_endpoint_service", keep, timeouts(create = "10m", update = "10m", delete = "10m"))]
pub struct EndpointService {
    /// The id of the service.
    pub id: Computed<String>,
    /// Whether each endpoint is to be accepted.
    pub acceptance_required: bool,
    /// Who may make endpoints for the service. Unset: whoever may.
    pub allowed_principals: Auto<BTreeSet<String>>,
    /// The ARN of the service.
    pub arn: Computed<String>,
    /// The zones in which there is the service.
    pub availability_zones: Computed<BTreeSet<String>>,
    /// The DNS names that endpoints get names under.
    pub base_endpoint_dns_names: Computed<BTreeSet<String>>,
    /// The gateway load balancers before the service.
    pub gateway_load_balancer_arns: BTreeSet<String>,
    /// Whether the service makes its endpoints itself.
    pub manages_vpc_endpoints: Computed<bool>,
    /// The network load balancers before the service.
    pub network_load_balancer_arns: BTreeSet<String>,
    /// The private DNS name of the service.
    pub private_dns_name: Auto<String>,
    /// How to prove that the private DNS name is one's own.
    pub private_dns_name_configuration: Computed<Vec<PrivateName>>,
    /// The name of the service.
    pub service_name: Computed<String>,
    /// What endpoints the service is for: `Interface` or `GatewayLoadBalancer`.
    pub service_type: Computed<String>,
    /// How far the service is.
    pub state: Computed<String>,
    /// The addresses of the service: `ipv4`, `ipv6`.
    #[attr(validate = validate::each(validate::one_of(&["ipv4", "ipv6"])))]
    pub supported_ip_address_types: Auto<BTreeSet<String>>,
    /// The regions from which the service can be reached.
    pub supported_regions: Auto<BTreeSet<String>>,
    /// The tags of the service.
    pub tags: Tags,
}

/// A DNS record that proves a private DNS name to be one's own.
#[derive(Clone, Debug, PartialEq, Eq, Block)]
pub struct PrivateName {
    /// The record's name.
    pub name: String,
    /// Whether it was found.
    pub state: String,
    /// The record's type.
    #[attr(name = "type")]
    pub kind: String,
    /// The record's value.
    pub value: String,
}

#[async_trait]
impl Resource for EndpointService {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = match find_made(aws, cx).await? {
            Some(id) => id,
            None => create(aws, &planned, cx).await?,
        };
        let started = Self { id: id.as_str().into(), ..planned };
        let complete = async {
            ready(aws, &id, cx.timeout_or(PATIENCE)).await?;
            if let Some(wanted) = &started.allowed_principals.0 {
                permissions::put(aws, &id, wanted).await?;
            }
            read_back(aws, &started, &id).await
        };
        complete.await.map_err(|e| Failure::partial(aws.here(e), started.clone()))
    }

    async fn settled(aws: &Aws, object: Self) {
        finish(aws, object.id.as_deref()).await;
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let found = async {
            let ids = states.iter().filter_map(|s| s.id.as_deref());
            let (found, account) =
                futures::try_join!(by_ids::<types::ServiceConfiguration>(aws, ids), aws.account())?;
            let principals = permissions::of_each(aws, found.keys().cloned().collect()).await?;
            Ok((found, principals, account))
        };
        match found.await {
            Ok((found, mut principals, account)) => (states.into_iter())
                .map(|state| {
                    let id = state.id.as_deref().unwrap_or_default().to_owned();
                    let remote = found.get(&id).cloned().zip(principals.remove(&id));
                    Ok(remote.map(|(remote, principals)| state.with(aws, &account, remote, principals)))
                })
                .collect(),
            Err(error) => all_failed(states.len(), &error),
        }
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = prior.id.known()?.clone();
        modify(aws, &id, &prior, &planned).await?;
        ready(aws, &id, cx.timeout_or(PATIENCE)).await?;
        if let Some(wanted) = &planned.allowed_principals.0
            && prior.allowed_principals.0.as_ref() != Some(wanted)
        {
            permissions::put(aws, &id, wanted).await?;
        }
        update_tags(aws, &id, &prior.tags, &planned.tags).await?;
        Ok(read_back(aws, &planned, &id).await?)
    }

    async fn delete(aws: &Aws, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        let id = state.id.known()?;
        let timeout = cx.timeout_or(PATIENCE);
        let delete = || async {
            let call = aws.ec2().delete_vpc_endpoint_service_configurations().service_ids(id).send();
            let answer = aws.call("ec2:DeleteVpcEndpointServiceConfigurations", call).await?;
            let refused = answer.unsuccessful.unwrap_or_default().into_iter().find_map(|u| u.error);
            refused.map_or(Ok(()), |refused| {
                let why = refused.message.unwrap_or_else(|| "AWS gives no reason.".into());
                let mut error = Error::new("DeleteVpcEndpointServiceConfigurations failed", why);
                error.code = refused.code;
                Err(error)
            })
        };
        // Endpoints that have just gone may still be counted.
        let in_use = |e: &Error| e.has_code(&["ExistingVpcEndpointConnections"]);
        match retry_while(timeout, in_use, delete).await {
            Err(e) if is_not_found(&e) => return Ok(()),
            other => other?,
        }
        kind::wait::<types::ServiceConfiguration, _>(aws, id, "to be deleted", timeout, |service| {
            Ok(match service.and_then(|s| s.service_state) {
                None | Some(State::Deleted) => Poll::Ready(()),
                Some(state) => Poll::Pending(state.as_str().to_owned()),
            })
        })
        .await
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let all = kind::all::<types::ServiceConfiguration>(aws).await?;
        imported(aws, all.into_iter().filter_map(|s| s.service_id)).await.map(Some)
    }

    fn plan(cx: &mut PlanContext<'_, Aws>) {
        if cx.changed("private_dns_name") {
            cx.set_unknown("private_dns_name_configuration");
        }
        let balancers = ["gateway_load_balancer_arns", "network_load_balancer_arns"];
        if balancers.iter().any(|name| cx.changed(name)) {
            cx.set_unknown("availability_zones");
        }
    }
}

async fn ready(aws: &Aws, id: &str, timeout: Duration) -> Result<(), Error> {
    kind::wait::<types::ServiceConfiguration, _>(aws, id, "to be available", timeout, |service| match service
        .and_then(|s| s.service_state)
    {
        Some(State::Available) => Ok(Poll::Ready(())),
        Some(State::Failed) => Err(Error::new("The VPC endpoint service failed", "AWS gives no reason.")),
        state => Ok(Poll::Pending(state.map_or_else(|| "not found".into(), |s| s.as_str().to_owned()))),
    })
    .await
}

async fn read_back(aws: &Aws, planned: &EndpointService, id: &str) -> Result<EndpointService, Error> {
    let (remote, principals, account) = futures::try_join!(
        visible::<types::ServiceConfiguration>(aws, id),
        permissions::of(aws, id),
        aws.account()
    )?;
    Ok(planned.clone().with(aws, &account, remote, principals))
}

fn list(set: &BTreeSet<String>) -> Option<Vec<String>> {
    (!set.is_empty()).then(|| set.iter().cloned().collect())
}

async fn create(aws: &Aws, planned: &EndpointService, cx: &ApplyContext) -> Result<String, Error> {
    let call = (aws.ec2().create_vpc_endpoint_service_configuration())
        .client_token(cx.token.to_string())
        .acceptance_required(planned.acceptance_required)
        .set_private_dns_name(set(planned.private_dns_name.as_deref()))
        .set_network_load_balancer_arns(list(&planned.network_load_balancer_arns))
        .set_gateway_load_balancer_arns(list(&planned.gateway_load_balancer_arns))
        .set_supported_ip_address_types(planned.supported_ip_address_types.0.as_ref().and_then(list))
        .set_supported_regions(planned.supported_regions.0.as_ref().and_then(list))
        .tag_specifications(creation_tags(ResourceType::VpcEndpointService, &planned.tags, cx))
        .send();
    let made = aws.call("ec2:CreateVpcEndpointServiceConfiguration", call).await?;
    let id = made.service_configuration.and_then(|s| s.service_id);
    created("ec2:CreateVpcEndpointServiceConfiguration", id)
}

/// Changes what differs.
async fn modify(
    aws: &Aws,
    id: &str,
    prior: &EndpointService,
    planned: &EndpointService,
) -> Result<(), Error> {
    let more = |before: &BTreeSet<String>, after: &BTreeSet<String>| {
        list(&after.difference(before).cloned().collect::<BTreeSet<_>>())
    };
    let sets = |before: &Auto<BTreeSet<String>>, after: &Auto<BTreeSet<String>>| match &after.0 {
        Some(after) => more(before.0.as_ref().unwrap_or(&BTreeSet::new()), after),
        None => None,
    };
    let lost = |before: &Auto<BTreeSet<String>>, after: &Auto<BTreeSet<String>>| {
        after.0.as_ref().and_then(|after| more(after, before.0.as_ref().unwrap_or(&BTreeSet::new())))
    };
    let name = |s: &EndpointService| s.private_dns_name.0.clone().unwrap_or_default();
    let renamed = planned.private_dns_name.0.is_some() && name(prior) != name(planned);
    let call = (aws.ec2().modify_vpc_endpoint_service_configuration().service_id(id))
        .set_acceptance_required(
            (prior.acceptance_required != planned.acceptance_required).then_some(planned.acceptance_required),
        )
        .set_private_dns_name(set(Some(&name(planned))).filter(|_| renamed))
        .set_remove_private_dns_name((renamed && name(planned).is_empty()).then_some(true))
        .set_add_network_load_balancer_arns(more(
            &prior.network_load_balancer_arns,
            &planned.network_load_balancer_arns,
        ))
        .set_remove_network_load_balancer_arns(more(
            &planned.network_load_balancer_arns,
            &prior.network_load_balancer_arns,
        ))
        .set_add_gateway_load_balancer_arns(more(
            &prior.gateway_load_balancer_arns,
            &planned.gateway_load_balancer_arns,
        ))
        .set_remove_gateway_load_balancer_arns(more(
            &planned.gateway_load_balancer_arns,
            &prior.gateway_load_balancer_arns,
        ))
        .set_add_supported_ip_address_types(sets(
            &prior.supported_ip_address_types,
            &planned.supported_ip_address_types,
        ))
        .set_remove_supported_ip_address_types(lost(
            &prior.supported_ip_address_types,
            &planned.supported_ip_address_types,
        ))
        .set_add_supported_regions(sets(&prior.supported_regions, &planned.supported_regions))
        .set_remove_supported_regions(lost(&prior.supported_regions, &planned.supported_regions));
    let unchanged = aws.ec2().modify_vpc_endpoint_service_configuration().service_id(id);
    if call.as_input() == unchanged.as_input() {
        return Ok(());
    }
    aws.call("ec2:ModifyVpcEndpointServiceConfiguration", call.send()).await.map(|_| ())
}

impl EndpointService {
    /// This object as EC2 describes it.
    fn with(
        self,
        aws: &Aws,
        account: &str,
        remote: types::ServiceConfiguration,
        principals: BTreeSet<String>,
    ) -> Self {
        let set = |list: Option<Vec<String>>| list.unwrap_or_default().into_iter().collect::<BTreeSet<_>>();
        let text = |t: Option<String>| t.unwrap_or_default();
        let id = text(remote.service_id);
        let kinds = remote.service_type.unwrap_or_default();
        let kind = kinds.first().and_then(|t| t.service_type()).map(|t| t.as_str().to_owned());
        let private = (remote.private_dns_name_configuration.into_iter())
            .map(|c| PrivateName {
                name: text(c.name),
                state: c.state.map(|s| s.as_str().to_owned()).unwrap_or_default(),
                kind: text(c.r#type),
                value: text(c.value),
            })
            .collect::<Vec<_>>();
        let types = remote.supported_ip_address_types.unwrap_or_default();
        let regions = remote.supported_regions.unwrap_or_default().into_iter().filter_map(|r| r.region);
        Self {
            acceptance_required: remote.acceptance_required.unwrap_or_default(),
            allowed_principals: principals.into(),
            arn: aws.ec2_arn(account, &format!("vpc-endpoint-service/{id}")).into(),
            availability_zones: set(remote.availability_zones).into(),
            base_endpoint_dns_names: set(remote.base_endpoint_dns_names).into(),
            gateway_load_balancer_arns: set(remote.gateway_load_balancer_arns),
            manages_vpc_endpoints: remote.manages_vpc_endpoints.unwrap_or_default().into(),
            network_load_balancer_arns: set(remote.network_load_balancer_arns),
            private_dns_name: text(remote.private_dns_name).into(),
            private_dns_name_configuration: private.into(),
            service_name: text(remote.service_name).into(),
            service_type: kind.unwrap_or_default().into(),
            state: remote.service_state.map(|s| s.as_str().to_owned()).into(),
            supported_ip_address_types: types
                .into_iter()
                .map(|t| t.as_str().to_owned())
                .collect::<BTreeSet<_>>()
                .into(),
            supported_regions: regions.collect::<BTreeSet<_>>().into(),
            tags: tag_map(remote.tags),
            id: id.into(),
        }
    }
}
