//! `aws_customer_gateway`: what AWS knows of the router at the other end of a VPN.

use super::PATIENCE;
use super::validate::asn;
use crate::Aws;
use crate::client::{Poll, is_not_found, retry_while};
use crate::ec2::dependents;
use crate::ec2::kind::{self, created, int, kind, read_each, set};
use crate::ec2::operation::{creation_tags, find_made, finish};
use crate::ec2::tagging::{tag_map, update_tags};
use crate::tags::Tags;
use aws_sdk_ec2::types::{self, GatewayType, ResourceType};
use terrane_sdk::{ApplyContext, Computed, Error, Failure, Resource, async_trait, validate};

kind!(
    types::CustomerGateway,
    "customer gateway",
    Some("customer-gateway-id"),
    customer_gateway_id,
    |aws, filters| {
        let call = aws.ec2().describe_customer_gateways().set_filters(filters).send();
        let found = aws.call("ec2:DescribeCustomerGateways", call).await?;
        Ok(found.customer_gateways.unwrap_or_default())
    },
    gone: |gateway| matches!(gateway.state(), Some("deleted" | "deleting"))
);

/// The number of the autonomous system that AWS assumes when none is given.
const DEFAULT_ASN: &str = "65000";

/// Provides a customer gateway: the router at the other end of a VPN.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_customer_gateway", keep)]
pub struct CustomerGateway {
    /// The id of the gateway.
    pub id: Computed<String>,
    /// The ARN of the gateway.
    pub arn: Computed<String>,
    /// The number of the router's autonomous system, up to 2147483647.
    #[attr(force_new, conflicts_with = "bgp_asn_extended", validate = asn(1..=2_147_483_647))]
    pub bgp_asn: Option<String>,
    /// The number of the router's autonomous system, from 2147483648.
    #[attr(force_new, validate = asn(2_147_483_648..=4_294_967_295))]
    pub bgp_asn_extended: Option<String>,
    /// The certificate of the router.
    #[attr(force_new)]
    pub certificate_arn: Option<String>,
    /// A name for the router, by which two of one address are told apart.
    #[attr(force_new)]
    pub device_name: Option<String>,
    /// The address of the router.
    #[attr(force_new)]
    pub ip_address: Option<String>,
    /// The tags of the gateway.
    pub tags: Tags,
    /// The kind of VPN: `ipsec.1`.
    #[attr(force_new, name = "type", validate = validate::one_of(&["ipsec.1"]))]
    pub gateway_type: String,
}

#[async_trait]
impl Resource for CustomerGateway {
    type Client = Aws;

    /// AWS answers the same request with the same gateway, so that a repeat makes no second one.
    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let account = aws.account().await?;
        let id = match find_made(aws, cx).await? {
            Some(id) => id,
            None => {
                let number = |text: &Option<String>| text.as_deref().and_then(|t| t.parse::<i64>().ok());
                let call = (aws.ec2().create_customer_gateway())
                    .set_bgp_asn(int(number(&planned.bgp_asn)))
                    .set_bgp_asn_extended(number(&planned.bgp_asn_extended))
                    .set_certificate_arn(set(planned.certificate_arn.as_deref()))
                    .set_device_name(set(planned.device_name.as_deref()))
                    .set_ip_address(set(planned.ip_address.as_deref()))
                    .r#type(GatewayType::from(planned.gateway_type.as_str()))
                    .tag_specifications(creation_tags(ResourceType::CustomerGateway, &planned.tags, cx));
                let made = aws.call("ec2:CreateCustomerGateway", call.send()).await?;
                created(
                    "ec2:CreateCustomerGateway",
                    made.customer_gateway.and_then(|g| g.customer_gateway_id),
                )?
            }
        };
        let started = CustomerGateway { id: id.as_str().into(), ..planned };
        let ready = |found: Option<types::CustomerGateway>| match found {
            Some(gateway) if gateway.state() == Some("available") => Ok(Poll::Ready(gateway)),
            Some(gateway) if kind::Kind::is_gone(&gateway) => {
                let detail = format!("{id} is in state {}.", gateway.state().unwrap_or("unknown"));
                Err(Error::new("The customer gateway vanished", detail))
            }
            other => Ok(Poll::Pending(other.and_then(|g| g.state).unwrap_or_else(|| "not found".into()))),
        };
        match kind::wait(aws, &id, "to be available", PATIENCE, ready).await {
            Ok(gateway) => Ok(started.with(aws, &account, gateway)),
            Err(error) => Err(Failure::partial(aws.here(error), started)),
        }
    }

    async fn settled(aws: &Aws, object: Self) {
        finish(aws, object.id.as_deref()).await;
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let account = match aws.account().await {
            Ok(account) => account,
            Err(error) => return crate::ec2::batch::all_failed(states.len(), &error),
        };
        read_each(aws, states, |s| s.id.as_deref(), |s, g| s.with(aws, &account, g)).await
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        update_tags(aws, prior.id.known()?, &prior.tags, &planned.tags).await?;
        Ok(planned)
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let id = state.id.known()?;
        let delete = || {
            let call = aws.ec2().delete_customer_gateway().customer_gateway_id(id).send();
            aws.call("ec2:DeleteCustomerGateway", call)
        };
        // A connection to it may still be going.
        let in_use = |e: &Error| e.has_code(&["IncorrectState"]);
        match retry_while(PATIENCE, in_use, delete).await {
            Err(e) if is_not_found(&e) => return Ok(()),
            Err(e) if in_use(&e) => {
                return Err(dependents::explain_connections(aws, e, "customer-gateway-id", id).await);
            }
            other => other?,
        };
        let gone = |found: Option<types::CustomerGateway>| {
            Ok(match found.and_then(|g| g.state) {
                Some(state) if state != "deleted" => Poll::Pending(state),
                _ => Poll::Ready(()),
            })
        };
        kind::wait(aws, id, "to be deleted", PATIENCE, gone).await
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let account = aws.account().await?;
        let all = kind::all::<types::CustomerGateway>(aws).await?;
        Ok(Some(all.into_iter().map(|g| Self::default().with(aws, &account, g)).collect()))
    }
}

impl CustomerGateway {
    /// This object as EC2 describes it. The number that AWS assumes is none of the configuration's.
    fn with(self, aws: &Aws, account: &str, remote: types::CustomerGateway) -> CustomerGateway {
        let id = remote.customer_gateway_id.unwrap_or_default();
        let known = !self.gateway_type.is_empty();
        let assumed = known && self.bgp_asn.is_none();
        let asn = remote.bgp_asn.filter(|n| !(n.is_empty() || assumed && n == DEFAULT_ASN));
        CustomerGateway {
            arn: aws.ec2_arn(account, &format!("customer-gateway/{id}")).into(),
            bgp_asn: asn,
            bgp_asn_extended: set(remote.bgp_asn_extended.as_deref()),
            certificate_arn: set(remote.certificate_arn.as_deref()),
            // What cannot be changed is as it was made, also where an endpoint does not tell it.
            device_name: set(remote.device_name.as_deref()).or(self.device_name),
            ip_address: set(remote.ip_address.as_deref()),
            tags: tag_map(remote.tags),
            gateway_type: remote.r#type.unwrap_or_default(),
            id: id.into(),
        }
    }
}
