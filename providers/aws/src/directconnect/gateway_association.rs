//! `aws_dx_gateway_association`: a virtual private or transit gateway behind a Direct Connect gateway.

use super::LONG_PATIENCE;
use super::calls::{is_missing, or_missing, pages, there, wait_for};
use super::{gateway, prefixes};
use crate::Aws;
use crate::ec2::transit::attachments_of_resources;
use crate::ec2::{all_failed, import_parts, set_text};
use aws_sdk_directconnect::types::{
    DirectConnectGatewayAssociation as Remote, DirectConnectGatewayAssociationState as State,
};
use std::collections::{BTreeSet, HashMap, HashSet};
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Computed, Diagnostic, Diagnostics, Error, Failure, PlanContext, Resource,
    Value, async_trait, try_join_all, validate,
};

/// Associates a virtual private or transit gateway with a Direct Connect gateway: the account's own ones,
/// or, by accepting its proposal, another account's.
#[derive(Clone, Debug, Default, Resource)]
#[resource(
    name = "aws_dx_gateway_association",
    version = 1,
    keep,
    timeouts(create = "30m", update = "30m", delete = "30m")
)]
pub struct DxGatewayAssociation {
    /// The two gateways.
    pub id: Computed<String>,
    /// The networks that are announced to the customer.
    pub allowed_prefixes: Auto<BTreeSet<String>>,
    /// The virtual private or transit gateway.
    #[attr(force_new, conflicts_with = ["associated_gateway_owner_account_id", "proposal_id"])]
    pub associated_gateway_id: Auto<String>,
    /// The account that proposes the association.
    #[attr(force_new, validate = validate::matches("^[0-9]{12}$", "be an account id"))]
    pub associated_gateway_owner_account_id: Auto<String>,
    /// Whether it is a virtual private or a transit gateway.
    pub associated_gateway_type: Computed<String>,
    /// The id of the association.
    pub dx_gateway_association_id: Computed<String>,
    /// The Direct Connect gateway.
    #[attr(force_new)]
    pub dx_gateway_id: String,
    /// The account that owns the Direct Connect gateway.
    pub dx_gateway_owner_account_id: Computed<String>,
    /// The proposal to accept.
    pub proposal_id: Option<String>,
    /// The attachment of the Direct Connect gateway to the transit gateway.
    pub transit_gateway_attachment_id: Computed<String>,
}

#[async_trait]
impl Resource for DxGatewayAssociation {
    type Client = Aws;

    const PART: bool = true;

    /// The two gateways are the natural key: what an earlier attempt made is there.
    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let made = if cx.repeated { planned.made_before(aws).await? } else { None };
        let id = match made {
            Some(id) => id,
            None => create(aws, &planned).await?,
        };
        let started = DxGatewayAssociation { dx_gateway_association_id: id.as_str().into(), ..planned };
        let what = format!("association {id} of the Direct Connect gateway");
        let timeout = cx.timeout_or(LONG_PATIENCE);
        let complete = async {
            let made = wait_for(&what, &["associated"], false, timeout, state, || find(aws, &id)).await?;
            read_back(aws, started.clone(), there(made, "The association")?).await
        };
        complete.await.map_err(|e| Failure::partial(aws.here(e), started.clone()))
    }

    /// The call takes one Direct Connect gateway, so that associations are read gateway by gateway.
    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let found = async {
            let gateways: HashSet<&str> = states.iter().map(|s| s.dx_gateway_id.as_str()).collect();
            let reads = gateways.into_iter().map(|gateway| of_gateway(aws, gateway));
            let found: Vec<Remote> = try_join_all(reads).await?.into_iter().flatten().collect();
            let attachments = attachments(aws, &found).await?;
            Ok::<_, Error>((found, attachments))
        };
        match found.await {
            Ok((found, attachments)) => (states.into_iter())
                .map(|state| {
                    let remote = found.iter().find(|a| !is_gone(a) && state.is(a)).cloned();
                    Ok(remote.map(|remote| state.with(remote, &attachments)))
                })
                .collect(),
            Err(error) => all_failed(states.len(), &error),
        }
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = prior.dx_gateway_association_id.known()?.clone();
        let before = prior.allowed_prefixes.0.unwrap_or_default();
        let after = planned.allowed_prefixes.0.clone().unwrap_or_else(|| before.clone());
        if before == after {
            return Ok(planned);
        }
        let call = (aws.directconnect().update_direct_connect_gateway_association())
            .association_id(&id)
            .set_add_allowed_prefixes_to_direct_connect_gateway(prefixes::list(after.difference(&before)))
            .set_remove_allowed_prefixes_to_direct_connect_gateway(prefixes::list(before.difference(&after)));
        aws.call("directconnect:UpdateDirectConnectGatewayAssociation", call.send()).await?;
        let what = format!("the change of association {id}");
        let timeout = cx.timeout_or(LONG_PATIENCE);
        let now = wait_for(&what, &["associated"], false, timeout, state, || find(aws, &id)).await?;
        Ok(read_back(aws, planned, there(now, "The association")?).await?)
    }

    async fn delete(aws: &Aws, object: Self, cx: &ApplyContext) -> Result<(), Error> {
        let id = object.dx_gateway_association_id.known()?;
        let call = aws.directconnect().delete_direct_connect_gateway_association().association_id(id).send();
        match aws.call("directconnect:DeleteDirectConnectGatewayAssociation", call).await {
            Err(e) if is_missing(&e) => return Ok(()),
            other => drop(other?),
        }
        let what = format!("association {id} to end");
        let timeout = cx.timeout_or(LONG_PATIENCE);
        wait_for(&what, &["disassociated"], true, timeout, state, || find(aws, id)).await.map(|_| ())
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let gateways = gateway::all(aws).await?;
        let reads =
            gateways.iter().filter_map(|g| g.direct_connect_gateway_id()).map(|id| of_gateway(aws, id));
        let mut found: Vec<Remote> = try_join_all(reads).await?.into_iter().flatten().collect();
        found.retain(|a| !is_gone(a));
        let attachments = attachments(aws, &found).await?;
        Ok(Some(found.into_iter().map(|a| Self::default().with(a, &attachments)).collect()))
    }

    fn import_id(&self) -> Option<String> {
        Some(format!("{}/{}", self.dx_gateway_id, self.associated_gateway_id.as_deref()?))
    }

    /// `DX-GATEWAY-ID/vgw-1` or `DX-GATEWAY-ID/tgw-1`.
    fn import(id: &str) -> Result<Attributes, Error> {
        let [gateway, other] = import_parts(id, '/', ["DX-GATEWAY-ID", "GATEWAY-ID"])?;
        Ok(vec![("dx_gateway_id", Value::from(gateway)), ("associated_gateway_id", Value::from(other))])
    }

    fn validate(config: &Value, diagnostics: &mut Diagnostics) {
        let unset = |name: &str| config.attribute(name).is_none_or(|v| v.is_null());
        let (owner, proposal) = (unset("associated_gateway_owner_account_id"), unset("proposal_id"));
        if unset("associated_gateway_id") && (owner || proposal) {
            let detail = "Set associated_gateway_id for a gateway of this account, or \
                          associated_gateway_owner_account_id and proposal_id for another account's.";
            diagnostics.push(Diagnostic::error("Missing gateway", detail));
        }
    }

    fn plan(cx: &mut PlanContext<'_, Aws>) {
        // A transit gateway announces nothing by itself.
        let gateway = cx.planned("associated_gateway_id");
        if gateway.as_str().is_some_and(|g| g.starts_with("tgw-")) && cx.config("allowed_prefixes").is_null()
        {
            let detail = "An association with a transit gateway needs the networks to announce.";
            cx.error_on("allowed_prefixes", "Missing allowed_prefixes", detail);
        }
    }
}

impl DxGatewayAssociation {
    /// Whether an association is this one.
    fn is(&self, remote: &Remote) -> bool {
        match self.dx_gateway_association_id.as_deref().filter(|id| !id.is_empty()) {
            Some(id) => remote.association_id() == Some(id),
            None => {
                let other = remote.associated_gateway().and_then(|g| g.id());
                remote.direct_connect_gateway_id() == Some(&*self.dx_gateway_id)
                    && other.is_some()
                    && other == self.associated_gateway_id.as_deref()
            }
        }
    }

    /// The association that an earlier attempt made. Of a proposal only its own words tell the gateway.
    async fn made_before(&self, aws: &Aws) -> Result<Option<String>, Error> {
        let proposed = match set_text(self.proposal_id.as_deref()) {
            Some(id) => super::gateway_association_proposal::find(aws, &id).await?,
            None => None,
        };
        let proposed = proposed.and_then(|p| p.associated_gateway).and_then(|g| g.id);
        let wanted = proposed.or_else(|| set_text(self.associated_gateway_id.as_deref()));
        let found = of_gateway(aws, &self.dx_gateway_id).await?;
        let same =
            |a: &Remote| !is_gone(a) && a.associated_gateway().and_then(|g| g.id()) == wanted.as_deref();
        Ok(found.into_iter().find(same).and_then(|a| a.association_id))
    }

    /// This object as Direct Connect describes it.
    fn with(self, remote: Remote, attachments: &HashMap<(String, String), String>) -> Self {
        let gateway = remote.direct_connect_gateway_id.unwrap_or_default();
        let other = remote.associated_gateway.as_ref();
        let other_id = other.and_then(|g| g.id.clone()).unwrap_or_default();
        let attachment = attachments.get(&(gateway.clone(), other_id.clone())).cloned();
        DxGatewayAssociation {
            id: format!("ga-{gateway}{other_id}").into(),
            allowed_prefixes: prefixes::set(remote.allowed_prefixes_to_direct_connect_gateway).into(),
            associated_gateway_id: other_id.into(),
            associated_gateway_owner_account_id: other
                .and_then(|g| g.owner_account.clone())
                .unwrap_or_default()
                .into(),
            associated_gateway_type: other
                .and_then(|g| g.r#type.as_ref())
                .map(|t| t.as_str().to_owned())
                .unwrap_or_default()
                .into(),
            dx_gateway_association_id: remote.association_id.unwrap_or_default().into(),
            dx_gateway_id: gateway,
            dx_gateway_owner_account_id: remote
                .direct_connect_gateway_owner_account
                .unwrap_or_default()
                .into(),
            proposal_id: self.proposal_id,
            transit_gateway_attachment_id: attachment.unwrap_or_default().into(),
        }
    }
}

async fn create(aws: &Aws, planned: &DxGatewayAssociation) -> Result<String, Error> {
    let allowed = prefixes::list(planned.allowed_prefixes.0.iter().flatten());
    let made = match set_text(planned.proposal_id.as_deref()) {
        Some(proposal) => {
            let owner = planned.associated_gateway_owner_account_id.known()?;
            let call = (aws.directconnect().accept_direct_connect_gateway_association_proposal())
                .direct_connect_gateway_id(&planned.dx_gateway_id)
                .proposal_id(proposal)
                .associated_gateway_owner_account(owner)
                .set_override_allowed_prefixes_to_direct_connect_gateway(allowed);
            let name = "directconnect:AcceptDirectConnectGatewayAssociationProposal";
            aws.call(name, call.send()).await?.direct_connect_gateway_association
        }
        None => {
            let call = (aws.directconnect().create_direct_connect_gateway_association())
                .direct_connect_gateway_id(&planned.dx_gateway_id)
                .gateway_id(planned.associated_gateway_id.known()?)
                .set_add_allowed_prefixes_to_direct_connect_gateway(allowed);
            let name = "directconnect:CreateDirectConnectGatewayAssociation";
            aws.call(name, call.send()).await?.direct_connect_gateway_association
        }
    };
    let id = made.and_then(|a| a.association_id);
    crate::ec2::created("directconnect:CreateDirectConnectGatewayAssociation", id)
}

async fn read_back(
    aws: &Aws,
    object: DxGatewayAssociation,
    remote: Remote,
) -> Result<DxGatewayAssociation, Error> {
    let attachments = attachments(aws, std::slice::from_ref(&remote)).await?;
    Ok(object.with(remote, &attachments))
}

/// The attachments of Direct Connect gateways to transit gateways, by both; only the transit gateway's
/// owner sees them.
async fn attachments(aws: &Aws, found: &[Remote]) -> Result<HashMap<(String, String), String>, Error> {
    let transit =
        |a: &&Remote| a.associated_gateway().and_then(|g| g.id()).is_some_and(|id| id.starts_with("tgw-"));
    let gateways = found.iter().filter(transit).filter_map(|a| a.direct_connect_gateway_id());
    attachments_of_resources(aws, "direct-connect-gateway", gateways).await
}

fn state(association: &Remote) -> &str {
    association.association_state().map_or("unknown", |s| s.as_str())
}

fn is_gone(association: &Remote) -> bool {
    matches!(association.association_state(), Some(State::Disassociated | State::Disassociating))
}

/// All associations of a Direct Connect gateway; none when it does not exist.
pub(super) async fn of_gateway(aws: &Aws, gateway: &str) -> Result<Vec<Remote>, Error> {
    let call = || {
        aws.directconnect().describe_direct_connect_gateway_associations().direct_connect_gateway_id(gateway)
    };
    let name = "directconnect:DescribeDirectConnectGatewayAssociations";
    let found = async { pages!(aws, name, call(), direct_connect_gateway_associations) };
    Ok(or_missing(found.await)?.unwrap_or_default())
}

async fn find(aws: &Aws, id: &str) -> Result<Option<Remote>, Error> {
    let call = aws.directconnect().describe_direct_connect_gateway_associations().association_id(id).send();
    let found = aws.call("directconnect:DescribeDirectConnectGatewayAssociations", call).await;
    Ok(or_missing(found)?.and_then(|f| f.direct_connect_gateway_associations?.into_iter().next()))
}
