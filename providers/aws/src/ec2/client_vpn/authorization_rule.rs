//! `aws_ec2_client_vpn_authorization_rule`: who may reach a network through a Client VPN endpoint.

use super::parts::{Part, of_all, of_each};
use super::passes;
use crate::Aws;
use crate::client::{Poll, is_not_found, retry_while, wait_until};
use crate::ec2::batch::all_failed;
use crate::ec2::kind::set;
use crate::ec2::route::one_of;
use aws_sdk_ec2::types::{AuthorizationRule as Remote, ClientVpnAuthorizationRuleStatusCode as Code};
use std::time::Duration;
use terrane_sdk::{
    ApplyContext, Attributes, Computed, Diagnostics, Error, Failure, Resource, Value, async_trait,
};

const PATIENCE: Duration = Duration::from_secs(10 * 60);

/// Lets clients reach a network.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_ec2_client_vpn_authorization_rule", keep, timeouts(create = "10m", delete = "10m"))]
pub struct ClientVpnAuthorizationRule {
    /// The endpoint, the network and the group.
    pub id: Computed<String>,
    /// The group of people, by the id that the directory or SAML provider gives it.
    #[attr(force_new)]
    pub access_group_id: Option<String>,
    /// Whether everybody may.
    #[attr(force_new)]
    pub authorize_all_groups: Option<bool>,
    /// The endpoint.
    #[attr(force_new)]
    pub client_vpn_endpoint_id: String,
    /// What the rule is for.
    #[attr(force_new)]
    pub description: Option<String>,
    /// The network.
    #[attr(force_new)]
    pub target_network_cidr: String,
}

#[async_trait]
impl Resource for ClientVpnAuthorizationRule {
    type Client = Aws;

    const PART: bool = true;

    /// Network and group are the natural key: what an earlier attempt made is there.
    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let timeout = cx.timeout_or(PATIENCE);
        let made = if cx.repeated { planned.find(aws).await? } else { None };
        if made.is_none() {
            let group = set(planned.access_group_id.as_deref());
            let call = (aws.ec2().authorize_client_vpn_ingress())
                .client_vpn_endpoint_id(&planned.client_vpn_endpoint_id)
                .target_network_cidr(&planned.target_network_cidr)
                .set_authorize_all_groups(planned.authorize_all_groups.filter(|a| *a))
                .set_access_group_id(group)
                .set_description(set(planned.description.as_deref()))
                .client_token(cx.token.to_string());
            let authorize = || aws.call("ec2:AuthorizeClientVpnIngress", call.clone().send());
            retry_while(timeout, passes, authorize).await?;
        }
        let started = ClientVpnAuthorizationRule { id: planned.made_id().into(), ..planned };
        let what = format!("the rule {}", started.made_id());
        let active = wait_until(&what, timeout, || async {
            let found = started.find(aws).await?;
            let status = found.as_ref().and_then(|r| r.status());
            match status.and_then(|s| s.code()) {
                Some(Code::Active) => Ok(Poll::Ready(())),
                Some(Code::Failed) => {
                    let why = status.and_then(|s| s.message()).unwrap_or_default();
                    Err(Error::new("The authorization rule failed", why))
                }
                code => Ok(Poll::Pending(code.map_or("not found", |c| c.as_str()).to_owned())),
            }
        });
        match active.await {
            Ok(()) => Ok(started),
            Err(error) => Err(Failure::partial(aws.here(error), started)),
        }
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let endpoints = states.iter().map(|s| s.client_vpn_endpoint_id.as_str());
        match of_each::<Remote>(aws, endpoints).await {
            Ok(found) => (states.into_iter())
                .map(|state| {
                    let rules = found.get(&state.client_vpn_endpoint_id);
                    let rule = rules.and_then(|r| r.iter().find(|r| state.is(r))).cloned();
                    Ok(rule.map(|rule| state.with(rule)))
                })
                .collect(),
            Err(error) => all_failed(states.len(), &error),
        }
    }

    async fn update(_: &Aws, _: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(planned)
    }

    async fn delete(aws: &Aws, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        let timeout = cx.timeout_or(PATIENCE);
        let group = set(state.access_group_id.as_deref());
        let call = (aws.ec2().revoke_client_vpn_ingress())
            .client_vpn_endpoint_id(&state.client_vpn_endpoint_id)
            .target_network_cidr(&state.target_network_cidr)
            .set_revoke_all_groups(group.is_none().then_some(true))
            .set_access_group_id(group);
        let revoke = || aws.call("ec2:RevokeClientVpnIngress", call.clone().send());
        match retry_while(timeout, passes, revoke).await {
            Err(e) if is_not_found(&e) => return Ok(()),
            other => drop(other?),
        }
        wait_until(&format!("the rule {} to be revoked", state.made_id()), timeout, || async {
            let rules = Remote::of(aws, &state.client_vpn_endpoint_id).await?;
            Ok(match rules.iter().any(|r| state.has_key_of(r)) {
                true => Poll::Pending("revoking".into()),
                false => Poll::Ready(()),
            })
        })
        .await
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let object = |endpoint: &str, rule: Remote| {
            Self {
                client_vpn_endpoint_id: endpoint.to_owned(),
                target_network_cidr: rule.destination_cidr.clone().unwrap_or_default(),
                access_group_id: set(rule.group_id()),
                ..Self::default()
            }
            .with(rule)
        };
        let found = of_all::<Remote>(aws).await?.into_iter();
        let of = |(endpoint, mut rules): (String, Vec<Remote>)| {
            rules.retain(|rule| !is_leaving(rule));
            rules.into_iter().map(move |rule| object(&endpoint, rule))
        };
        Ok(Some(found.flat_map(of).collect()))
    }

    /// `cvpn-endpoint-1,10.0.0.0/8`, with `,GROUP-ID` when it is for a group.
    fn import(id: &str) -> Result<Attributes, Error> {
        let parts: Vec<&str> = id.splitn(3, ',').collect();
        if parts.len() < 2 || parts.iter().any(|p| p.is_empty()) {
            let detail =
                format!("{id:?} is not of the form ENDPOINT-ID,NETWORK or ENDPOINT-ID,NETWORK,GROUP-ID.");
            return Err(Error::new("Invalid import id", detail));
        }
        let names = ["client_vpn_endpoint_id", "target_network_cidr", "access_group_id"];
        Ok(names.into_iter().zip(parts).map(|(name, part)| (name, Value::from(part))).collect())
    }

    fn validate(config: &Value, diagnostics: &mut Diagnostics) {
        one_of(config, &["access_group_id", "authorize_all_groups"], "group of people", diagnostics);
    }
}

fn is_leaving(rule: &Remote) -> bool {
    rule.status().and_then(|s| s.code()) == Some(&Code::Revoking)
}

impl ClientVpnAuthorizationRule {
    /// The id that Terraform gives the rule.
    fn made_id(&self) -> String {
        let mut id = format!("{},{}", self.client_vpn_endpoint_id, self.target_network_cidr);
        if let Some(group) = set(self.access_group_id.as_deref()) {
            id.push(',');
            id.push_str(&group);
        }
        id
    }

    fn has_key_of(&self, rule: &Remote) -> bool {
        rule.destination_cidr() == Some(&*self.target_network_cidr)
            && set(rule.group_id()) == set(self.access_group_id.as_deref())
    }

    fn is(&self, rule: &Remote) -> bool {
        self.has_key_of(rule) && !is_leaving(rule)
    }

    async fn find(&self, aws: &Aws) -> Result<Option<Remote>, Error> {
        let rules = Remote::of(aws, &self.client_vpn_endpoint_id).await?;
        Ok(rules.into_iter().find(|r| self.is(r)))
    }

    /// This object as EC2 describes it.
    fn with(self, rule: Remote) -> ClientVpnAuthorizationRule {
        ClientVpnAuthorizationRule {
            id: self.made_id().into(),
            authorize_all_groups: Some(rule.access_all.unwrap_or_default()),
            description: set(rule.description.as_deref()),
            ..self
        }
    }
}
