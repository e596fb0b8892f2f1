//! What to do about a refusal for want of a permission: which role gives it, on what, and who needs it. Shared VPC is
//! where this is hard to see, since the accounts that need a role there are Google's own. Knows no calls.

/// A message of Google with advice after it, where there is any to give.
pub(crate) fn explained(message: String) -> String {
    let Some(advice) = advice(&message) else { return message };
    let end = if message.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{message}{end} {advice}")
}

fn advice(message: &str) -> Option<String> {
    let (permission, object) = wanted(message)?;
    let project = object.strip_prefix("projects/").and_then(|rest| rest.split('/').next());
    let subnet = subnet_of(object);
    Some(match (permission, subnet, project) {
        ("compute.subnetworks.use" | "compute.subnetworks.useExternalIp", Some((host, region, name)), _) => format!(
            "Subnet {name} is of project {host}. Whoever makes things in it from another project needs \
             roles/compute.networkUser on the subnet: google_compute_subnetwork_iam_member with project = \"{host}\", region \
             = \"{region}\", subnetwork = \"{name}\". For a cluster these are the accounts \
             service-NUMBER@container-engine-robot.iam.gserviceaccount.com and \
             NUMBER@cloudservices.gserviceaccount.com, NUMBER being that of the service project."
        ),
        ("compute.networks.use" | "compute.networks.useExternalIp", _, Some(host)) => format!(
            "Whoever makes things in a network of project {host} needs roles/compute.networkUser there, on the project or on \
             the subnet in question."
        ),
        ("container.hostServiceAgent.use", _, Some(host)) => format!(
            "{host} is the host project of a Shared VPC. service-NUMBER@container-engine-robot.iam.gserviceaccount.com, \
             NUMBER being that of the service project, needs roles/container.hostServiceAgentUser there: \
             google_project_iam_member with project = \"{host}\". Kubernetes Engine has to be enabled in both projects."
        ),
        (
            "compute.organizations.enableXpnHost"
            | "compute.organizations.disableXpnHost"
            | "compute.organizations.enableXpnResource"
            | "compute.organizations.disableXpnResource",
            ..,
        ) => "A Shared VPC is administered with roles/compute.xpnAdmin on the organization, or on a folder that has both \
              projects in it; owners of the projects do not have it."
            .to_owned(),
        ("resourcemanager.projects.create", ..) => "roles/resourcemanager.projectCreator on the folder or organization gives \
                                                     it."
            .to_owned(),
        ("billing.resourceAssociations.create", ..) => "roles/billing.user on the billing account gives it, besides \
                                                        roles/billing.projectManager on the project."
            .to_owned(),
        ("serviceusage.services.use", _, Some(project)) => format!(
            "Requests use the quota of project {project}, as user_project_override and billing_project say. Their account needs \
             roles/serviceusage.serviceUsageConsumer there."
        ),
        ("iam.serviceAccounts.actAs", ..) => "Whoever lets something run as a service account needs roles/iam.serviceAccountUser \
                                              on the account: google_service_account_iam_member."
            .to_owned(),
        _ => return None,
    })
}

/// The permission that a message says is missing, and on what. Google's services say so in several ways.
fn wanted(message: &str) -> Option<(&str, &str)> {
    let rest = &message[message.find("Required ").or_else(|| message.find("ermission "))?..];
    let mut quoted = rest.split(['\'', '"']).skip(1).step_by(2);
    let permission = quoted.next().filter(|word| word.split('.').count() >= 3)?;
    let object = quoted.next().unwrap_or_default();
    let object = object.find("projects/").map_or(object, |start| &object[start..]);
    Some((permission, object))
}

/// Project, region and name of a subnet's path.
fn subnet_of(path: &str) -> Option<(&str, &str, &str)> {
    match path.split('/').collect::<Vec<_>>()[..] {
        ["projects", project, "regions", region, "subnetworks", name] => Some((project, region, name)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_needs_which_role_is_said() {
        for (message, want) in [
            (
                "Required 'compute.subnetworks.use' permission for 'projects/host/regions/r/subnetworks/s'",
                "region = \"r\", subnetwork = \"s\"",
            ),
            (
                "Google Compute Engine: Required 'compute.subnetworks.use' permission for \
                 'https://www.googleapis.com/compute/v1/projects/host/regions/r/subnetworks/s'.",
                "Subnet s is of project host",
            ),
            (
                "Required \"container.hostServiceAgent.use\" permission(s) for \"projects/host\".",
                "project = \"host\"",
            ),
            (
                "Required 'compute.organizations.enableXpnHost' permission for 'projects/host'",
                "roles/compute.xpnAdmin",
            ),
            (
                "Caller does not have required permission to use project p. Grant the caller the role, permission \
                 'serviceusage.services.use' on 'projects/p'",
                "quota of project p",
            ),
        ] {
            let text = explained(message.to_owned());
            assert!(text.starts_with(message) && text.contains(want), "{text}");
        }
    }

    #[test]
    fn other_messages_stay_as_they_are() {
        for message in ["Required field 'name' is missing", "Permission 'a.b' denied", "", "Required '"] {
            assert_eq!(explained(message.to_owned()), message);
        }
    }
}
