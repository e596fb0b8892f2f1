//! States in a bucket of S3, or of a service with the same interface: objects with the names that
//! Terraform gives them, locked by an object that only one can make, by a DynamoDB table, or by both.
//!
//! Writes are conditional: a state that somebody else wrote since it was read is not overwritten,
//! with or without a lock.

mod arguments;
mod dynamodb;
mod objects;

pub(crate) use arguments::{ARGUMENTS, ASSUME_ROLE, WEB_IDENTITY, credentials, endpoint, web};

use crate::argument::{ConfigureError, Given};
use crate::aws::{Service, domain, region};
use crate::backend::{DEFAULT_WORKSPACE, sorted_workspaces};
use crate::remote::{AllOf, Lock, NoLock, ObjectLock, Objects, RemoteState};
use crate::{Backend, StateStorage, StorageError};
use async_trait::async_trait;
use dynamodb::{Digested, Table, TableLock};
use objects::Bucket;
use std::sync::Arc;
use url::Url;

/// The states below one key of a bucket.
pub(crate) struct S3 {
    bucket: Arc<Bucket>,
    table: Option<Arc<Table>>,
    use_lockfile: bool,
    key: String,
    /// What the keys of workspaces begin with, without the slash.
    prefix: String,
}

impl S3 {
    pub(crate) fn configure(given: Given<'_>) -> Result<S3, ConfigureError> {
        let name = given.required("bucket")?;
        let key = given.required("key")?;
        if key.starts_with('/') || key.ends_with('/') {
            return Err(ConfigureError("The argument \"key\" must neither begin nor end with \"/\".".into()));
        }
        let prefix = given.text("workspace_key_prefix").unwrap_or_else(|| "env:".to_owned());
        if prefix.starts_with('/') || prefix.ends_with('/') {
            return Err(ConfigureError(
                "The argument \"workspace_key_prefix\" must neither begin nor end with \"/\".".into(),
            ));
        }
        let region = region(
            given.surroundings(),
            given.text("profile").as_deref(),
            &given.texts("shared_config_files"),
        );
        let region = given.text("region").or(region).ok_or_else(|| {
            ConfigureError(
                "The argument \"region\" or the environment variable AWS_REGION must be set.".to_owned(),
            )
        })?;
        let web = web(given)?;
        let credentials = credentials(given, &web, &region)?;

        let address = endpoint(given, "s3", "S3", &region)?;
        let path_style = given.bool("use_path_style").or(given.bool("force_path_style")).unwrap_or(false);
        let service = |endpoint: Url, name: &'static str| {
            Service::new(web.clone(), &credentials, name, &region, endpoint)
        };
        let bucket = Bucket {
            service: service(bucket_endpoint(address, &name, path_style)?, "s3"),
            name: name.clone(),
            headers: arguments::object_headers(given)?,
            write_headers: arguments::write_headers(given)?,
            with_checksum: !given.bool("skip_s3_checksum").unwrap_or(false),
        };
        let table = match given.text("dynamodb_table") {
            None => None,
            Some(table) => {
                let address = endpoint(given, "dynamodb", "DYNAMODB", &region)?;
                Some(Arc::new(Table { service: service(address, "dynamodb"), name: table }))
            }
        };
        Ok(S3 {
            bucket: Arc::new(bucket),
            table,
            use_lockfile: given.bool("use_lockfile").unwrap_or(false),
            key,
            prefix,
        })
    }

    fn key_of(&self, workspace: &str) -> String {
        match workspace {
            DEFAULT_WORKSPACE => self.key.clone(),
            name => format!("{}/{name}/{}", self.prefix, self.key),
        }
    }

    /// The bucket, with digests in the table where there is one.
    fn objects(&self, key: &str) -> Arc<dyn Objects> {
        match &self.table {
            None => self.bucket.clone(),
            Some(table) => Arc::new(Digested {
                objects: self.bucket.clone(),
                table: table.clone(),
                key: key.to_owned(),
                id: format!("{}/{key}-md5", self.bucket.name),
            }),
        }
    }
}

/// Where a bucket is: `https://BUCKET.s3...`, or below the endpoint where the name cannot be that
/// of a host, or it was asked for.
fn bucket_endpoint(endpoint: Url, bucket: &str, path_style: bool) -> Result<Url, ConfigureError> {
    let host = endpoint.domain().map(str::to_owned);
    let bad = || ConfigureError(format!("There can be no bucket {bucket:?} at {endpoint}."));
    let mut url = endpoint.clone();
    match host {
        Some(host) if !path_style && !bucket.contains('.') => {
            url.set_host(Some(&format!("{bucket}.{host}"))).map_err(|_| bad())?;
        }
        _ => drop(url.path_segments_mut().map_err(|()| bad())?.pop_if_empty().push(bucket).push("")),
    };
    Ok(url)
}

/// The address of a service of AWS.
pub(crate) fn service_address(name: &str, region: &str, dual_stack: bool, fips: bool) -> String {
    let name = if fips { format!("{name}-fips") } else { name.to_owned() };
    match (dual_stack, name.starts_with("s3")) {
        (true, true) => format!("https://{name}.dualstack.{region}.{}", domain(region)),
        (true, false) => format!("https://{name}.{region}.api.aws"),
        (false, _) => format!("https://{name}.{region}.{}", domain(region)),
    }
}

#[async_trait]
impl Backend for S3 {
    fn state(&self, workspace: &str) -> Arc<dyn StateStorage> {
        let key = self.key_of(workspace);
        let mut locks: Vec<Arc<dyn Lock>> = Vec::new();
        let location = self.bucket.location(&key);
        if self.use_lockfile {
            let file = ObjectLock::new(self.bucket.clone(), format!("{key}.tflock"), location.clone());
            locks.push(Arc::new(file));
        }
        if let Some(table) = &self.table {
            locks.push(Arc::new(TableLock {
                table: table.clone(),
                id: format!("{}/{key}", self.bucket.name),
                location,
            }));
        }
        let lock: Arc<dyn Lock> = match locks.len() {
            0 => Arc::new(NoLock),
            1 => locks.remove(0),
            _ => Arc::new(AllOf(locks)),
        };
        let journal = format!("{key}.tfjournal/");
        Arc::new(RemoteState::new(self.objects(&key), lock, key, journal))
    }

    async fn workspaces(&self) -> Result<Vec<String>, StorageError> {
        let prefix = format!("{}/", self.prefix);
        let keys = self.bucket.list(&prefix).await?;
        Ok(sorted_workspaces(keys.iter().filter_map(|key| {
            let (name, key) = key.strip_prefix(&prefix)?.split_once('/')?;
            (key == self.key).then(|| name.to_owned())
        })))
    }

    async fn delete_workspace(&self, name: &str) -> Result<(), StorageError> {
        let key = self.key_of(name);
        self.objects(&key).delete(&key).await?;
        for key in self.bucket.list(&format!("{key}.tfjournal/")).await? {
            self.bucket.delete(&key).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_hosts_where_they_can_be() {
        let at = |endpoint: &str, bucket, path_style| {
            bucket_endpoint(endpoint.parse().unwrap(), bucket, path_style).unwrap().to_string()
        };
        assert_eq!(
            at("https://s3.eu-west-1.amazonaws.com", "b", false),
            "https://b.s3.eu-west-1.amazonaws.com/"
        );
        assert_eq!(
            at("https://s3.eu-west-1.amazonaws.com", "b", true),
            "https://s3.eu-west-1.amazonaws.com/b/"
        );
        assert_eq!(
            at("https://s3.eu-west-1.amazonaws.com", "b.c", false),
            "https://s3.eu-west-1.amazonaws.com/b.c/"
        );
        assert_eq!(at("http://127.0.0.1:9000", "b", false), "http://127.0.0.1:9000/b/");
        assert_eq!(
            service_address("s3", "cn-north-1", false, false),
            "https://s3.cn-north-1.amazonaws.com.cn"
        );
        assert_eq!(
            service_address("s3", "us-east-1", true, true),
            "https://s3-fips.dualstack.us-east-1.amazonaws.com"
        );
    }
}
