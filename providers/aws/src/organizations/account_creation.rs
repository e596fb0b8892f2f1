//! Creating an account: a request whose end must be asked for, and which has no client token.

use super::account::Account;
use super::tagging::tag_list;
use super::{account_list, change, pages};
use crate::Aws;
use crate::client::{Poll, wait_until};
use aws_sdk_organizations::types::{
    Account as RemoteAccount, CreateAccountFailureReason, CreateAccountState, CreateAccountStatus,
    IamUserAccessToBilling,
};
use std::time::Duration;
use terrane_sdk::{ApplyContext, Error};

/// How long AWS may take to make an account, where nothing else is said.
const CREATION: Duration = Duration::from_secs(30 * 60);

/// Creates the account that is planned and waits for its end; or finds the one that an earlier attempt
/// has begun. The result has the ids of the account and of its twin in GovCloud.
pub(super) async fn create(aws: &Aws, planned: &Account, cx: &ApplyContext) -> Result<Made, Error> {
    if cx.repeated
        && let Some(made) = made_before(aws, planned, cx).await?
    {
        return Ok(made);
    }
    let status = request(aws, planned).await?;
    let missing =
        || Error::new("The account's creation is lost", "AWS's answer does not say which one it is.");
    let id = status.id.ok_or_else(missing)?;
    finish(aws, planned, &id, cx.timeout_or(CREATION)).await
}

/// The ids of an account that has been created.
pub(super) struct Made {
    /// The account.
    pub(super) account: String,
    /// Its twin in GovCloud.
    pub(super) govcloud: Option<String>,
}

/// Asks for the account.
async fn request(aws: &Aws, planned: &Account) -> Result<CreateAccountStatus, Error> {
    let tags = tag_list(&planned.tags)?;
    let access = planned.iam_user_access_to_billing.as_deref().map(IamUserAccessToBilling::from);
    let organizations = aws.organizations();
    let missing = || Error::new("The account's creation is lost", "AWS's answer has no status.");
    if planned.create_govcloud == Some(true) {
        let answer = change(|| {
            let call = (organizations.create_gov_cloud_account())
                .account_name(&planned.name)
                .email(&planned.email)
                .set_iam_user_access_to_billing(access.clone())
                .set_role_name(planned.role_name.clone())
                .set_tags(tags.clone());
            aws.call("organizations:CreateGovCloudAccount", call.send())
        });
        return answer.await?.create_account_status.ok_or_else(missing);
    }
    let answer = change(|| {
        let call = (organizations.create_account())
            .account_name(&planned.name)
            .email(&planned.email)
            .set_iam_user_access_to_billing(access.clone())
            .set_role_name(planned.role_name.clone())
            .set_tags(tags.clone());
        aws.call("organizations:CreateAccount", call.send())
    });
    answer.await?.create_account_status.ok_or_else(missing)
}

/// Waits until a request is done. When that cannot be seen, the account may come all the same.
async fn finish(aws: &Aws, planned: &Account, request: &str, timeout: Duration) -> Result<Made, Error> {
    let what = format!("account {:?} to be created", planned.name);
    let ended = wait_until(&what, timeout, || async {
        let call = aws.organizations().describe_create_account_status().create_account_request_id(request);
        let answer = aws.call("organizations:DescribeCreateAccountStatus", call.send()).await?;
        let status = answer.create_account_status.unwrap_or_else(|| CreateAccountStatus::builder().build());
        match (&status.state, status.account_id) {
            (Some(CreateAccountState::Failed), _) => {
                Ok(Poll::Ready(Err(aws.here(failed(planned, status.failure_reason.as_ref(), request)))))
            }
            (Some(CreateAccountState::Succeeded), Some(account)) => {
                Ok(Poll::Ready(Ok(Made { account, govcloud: status.gov_cloud_account_id })))
            }
            (state, _) => {
                let state = state.as_ref().map_or("unknown", CreateAccountState::as_str);
                Ok(Poll::Pending(state.to_owned()))
            }
        }
    });
    ended.await.unwrap_or_else(|mut error: Error| {
        error.outcome_unknown = true;
        Err(error)
    })
}

/// Why a creation failed, in AWS's word for it, and what can be done.
fn failed(planned: &Account, reason: Option<&CreateAccountFailureReason>, request: &str) -> Error {
    use CreateAccountFailureReason as Reason;
    let word = reason.map_or("no reason given", Reason::as_str);
    let (say, attribute) = match reason {
        Some(Reason::EmailAlreadyExists | Reason::GovcloudAccountAlreadyExists) => {
            ("Another account has this e-mail address. Each account needs one of its own.", Some("email"))
        }
        Some(Reason::InvalidEmail) => ("AWS does not accept the e-mail address.", Some("email")),
        Some(Reason::InvalidAddress) => {
            ("The postal address of the management account must be mended.", None)
        }
        Some(Reason::AccountLimitExceeded) => {
            ("The organization has as many accounts as it may. AWS's support raises this quota.", None)
        }
        Some(Reason::ConcurrentAccountModification) => {
            ("Other accounts were being changed. Apply again.", None)
        }
        Some(Reason::InternalFailure) => ("AWS failed. Apply again later.", None),
        _ => ("Look the reason up under CreateAccountStatus in the reference of AWS Organizations.", None),
    };
    let detail = format!(
        "{word}: {say} The account would have been {:?} <{}>, by request {request}.",
        planned.name, planned.email
    );
    let error =
        Error::new("The account was not created", detail).operation("organizations:CreateAccount").code(word);
    match attribute {
        Some(attribute) => error.attribute(attribute),
        None => error,
    }
}

/// What an earlier attempt has made, or is still making. E-mail addresses are unique: an account with this
/// one and this name is the one. Requests under way tell only the name.
async fn made_before(aws: &Aws, planned: &Account, cx: &ApplyContext) -> Result<Option<Made>, Error> {
    let call = aws.organizations().list_create_account_status();
    let call = call.states(CreateAccountState::InProgress).states(CreateAccountState::Succeeded);
    let mut statuses = pages!(aws, "organizations:ListCreateAccountStatus", call, create_account_statuses)?;
    statuses.retain(|status| status.account_name.as_deref() == Some(&planned.name));
    for status in &statuses {
        let (Some(CreateAccountState::InProgress), Some(id)) = (&status.state, &status.id) else { continue };
        // One of this name for another address can fail for reasons of its own.
        if let Ok(made) = finish(aws, planned, id, cx.timeout_or(CREATION)).await
            && is_planned(find(aws, &made.account).await?.as_ref(), planned)
        {
            return Ok(Some(made));
        }
    }
    let listed = account_list::all(aws).await?;
    let Some(found) = listed.iter().find(|account| is_planned(Some(account), planned)) else {
        return Ok(None);
    };
    let account = found.id.clone().unwrap_or_default();
    let status = statuses.into_iter().find(|status| status.account_id.as_ref() == Some(&account));
    Ok(Some(Made { account, govcloud: status.and_then(|status| status.gov_cloud_account_id) }))
}

/// Whether an account is the one that is planned.
fn is_planned(account: Option<&RemoteAccount>, planned: &Account) -> bool {
    account.is_some_and(|account| {
        let email = account.email.as_deref().unwrap_or_default();
        email.eq_ignore_ascii_case(&planned.email)
            && account.name.as_ref() == Some(&planned.name)
            && !account_list::is_closed(account)
    })
}

/// An account by its id.
pub(super) async fn find(aws: &Aws, id: &str) -> Result<Option<RemoteAccount>, Error> {
    let call = aws.organizations().describe_account().account_id(id).send();
    let found = super::unless_gone(aws.call("organizations:DescribeAccount", call).await)?;
    Ok(found.and_then(|answer| answer.account))
}
