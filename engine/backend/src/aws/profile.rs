//! What profiles say beside credentials: the region.

use crate::Surroundings;

/// The region that the environment or the profile names.
pub(crate) fn region(
    surroundings: &Surroundings,
    profile: Option<&str>,
    config_files: &[String],
) -> Option<String> {
    if let Some(region) = ["AWS_REGION", "AWS_DEFAULT_REGION"].iter().find_map(|n| surroundings.variable(n)) {
        return Some(region.to_owned());
    }
    let profile = profile.or_else(|| surroundings.variable("AWS_PROFILE")).unwrap_or("default");
    let default = surroundings.variable("AWS_CONFIG_FILE").unwrap_or("~/.aws/config").to_owned();
    let files = if config_files.is_empty() { std::slice::from_ref(&default) } else { config_files };
    files.iter().rev().find_map(|file| setting(&surroundings.read(file).ok()?, profile, "region"))
}

/// A setting of a profile in the text of a configuration file.
fn setting(text: &str, profile: &str, name: &str) -> Option<String> {
    let sections = [format!("profile {profile}"), profile.to_owned()];
    let mut inside = false;
    for line in text.lines().map(str::trim) {
        if let Some(section) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            let section = section.split_whitespace().collect::<Vec<_>>().join(" ");
            inside = sections.contains(&section);
        } else if let (true, Some((key, value))) = (inside, line.split_once('='))
            && key.trim() == name
        {
            return Some(value.trim().to_owned());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::setting;

    #[test]
    fn settings_come_from_their_own_profile() {
        let text = "[default]\nregion = eu-west-1\n[profile  other]\noutput=json\nregion=us-east-2\n";
        assert_eq!(setting(text, "default", "region").as_deref(), Some("eu-west-1"));
        assert_eq!(setting(text, "other", "region").as_deref(), Some("us-east-2"));
        assert_eq!(setting(text, "missing", "region"), None);
    }
}
